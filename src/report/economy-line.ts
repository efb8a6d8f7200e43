import type { Economy } from '../net/types.ts';
import { formatBytes } from './format-bytes.ts';
import { plural } from './plural.ts';

/**
 * What a run cost, on one line: `14 requests in 5 rounds (3 safety reads), 1.2 MB up, 20 kB down, 0 retries`. Safety
 * reads (look-up, read-back, settle) and proofs are among the requests and told apart.
 */
export function renderEconomyLine(economy: Economy): string {
  const { byPurpose } = economy;
  const safety = byPurpose['look-up'] + byPurpose['read-back'] + byPurpose.settle;
  const apart = [
    ...(byPurpose.auth > 0 ? [`${byPurpose.auth} for tokens`] : []),
    ...(safety > 0 ? [plural(safety, 'safety read')] : []),
    ...(byPurpose.proof > 0 ? [plural(byPurpose.proof, 'proof')] : []),
  ];
  const detail = apart.length > 0 ? ` (${apart.join(', ')})` : '';
  return [
    `${plural(economy.requests, 'request')} in ${plural(economy.rounds, 'round')}${detail}`,
    `${formatBytes(economy.bytesSent)} up`,
    `${formatBytes(economy.bytesReceived)} down`,
    plural(economy.retries, 'retry', 'retries'),
  ].join(', ');
}
