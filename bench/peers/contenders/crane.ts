import type { Contender } from '../contender.ts';

/** crane of go-containerregistry has no command for any of this; that it stands in the table is what there is to say. */
export function craneContender(version: string): Contender {
  return {
    name: `crane ${version}`,
    beside: 'action',
    job({ act }) {
      if (act === 'verify') return { cannot: 'verifies no signatures' };
      if (act === 'sign') return { cannot: 'signs nothing' };
      if (act.startsWith('list')) return { cannot: 'has no command that lists referrers' };
      return { cannot: 'makes no artifacts: it copies those that are made' };
    },
  };
}
