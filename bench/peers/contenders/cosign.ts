import { type Contender, type Order, PREDICATE } from '../contender.ts';

/** cosign with the key pair and the configuration without services that are in the working folder. */
export function cosignContender(path: string, version: string): Contender {
  const env = { COSIGN_PASSWORD: '' };
  const run = (order: Order, args: readonly string[]) => ({
    commands: [{ path, args: [...args, '--allow-http-registry', `${order.name}${order.reference}`], env }],
  });
  const trust = ['--trusted-root', 'trusted-root.json'];
  return {
    name: `cosign ${version}`,
    beside: 'action',
    job(order) {
      switch (order.act) {
        case 'sign':
          return run(order, [
            ...['attest', '--yes', '--key', 'cosign.key', ...trust, '--signing-config', 'signing-config.json'],
            ...['--type', PREDICATE, '--predicate', order.file],
          ]);
        case 'verify':
          return run(order, [
            ...['verify-attestation', '--key', 'cosign.pub', '--type', PREDICATE, '--insecure-ignore-tlog'],
            ...trust,
          ]);
        case 'list':
          return run(order, ['tree']);
        case 'list-many':
          return { cannot: 'its tree has the first page alone, 500 of them, and does not say so' };
        case 'list-deep':
          return { cannot: 'its tree is that of one manifest: platforms are not looked at' };
        case 'attach':
        case 'attach-platforms':
        case 'upload':
          return { cannot: 'attaches only what it signs' };
      }
    },
  };
}
