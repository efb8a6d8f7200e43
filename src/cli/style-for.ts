import { ansiStyle, plainStyle, type TextStyle } from '../report/text-style.ts';
import type { TextSink } from './cli-shell.ts';

/** Colours on a terminal only, and not where NO_COLOR (no-color.org: any value but the empty one) asks for none. */
export function styleFor(sink: TextSink, env: Readonly<Record<string, string | undefined>>): TextStyle {
  return sink.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb' ? ansiStyle : plainStyle;
}
