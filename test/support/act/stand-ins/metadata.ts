/** In place of docker/metadata-action: two tags of one image, a line each. */
import { input, setOutput } from './inputs.ts';

setOutput('tags', `${input('images')}:main\n${input('images')}:latest`);
