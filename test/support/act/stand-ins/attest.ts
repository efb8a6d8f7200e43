/** In place of actions/attest-build-provenance: the bundle that the test made of the same subject beforehand. */
import { setOutput } from './inputs.ts';

setOutput('bundle-path', `${process.env['GITHUB_WORKSPACE']}/provenance.sigstore.json`);
