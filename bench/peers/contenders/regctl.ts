import { ARTIFACT_TYPE, type Contender, FILE_TYPE, type Order } from '../contender.ts';

export function regctlContender(path: string, version: string): Contender {
  const host = ({ host, user }: Order): readonly string[] => [
    '--host',
    `reg=${host},tls=disabled${user === undefined ? '' : `,user=${user.name},pass=${user.password}`}`,
  ];
  const put = (order: Order, more: readonly string[] = []) => ({
    path,
    args: [
      ...['artifact', 'put', '--artifact-type', ARTIFACT_TYPE, '--subject', `${order.name}${order.reference}`],
      ...['--file', order.file, '--file-title', '--file-media-type', FILE_TYPE, ...more, ...host(order)],
    ],
  });
  const read = (order: Order, verb: 'list' | 'tree', more: readonly string[] = []) => ({
    commands: [{ path, args: ['artifact', verb, `${order.name}${order.reference}`, ...more, ...host(order)] }],
  });
  return {
    name: `regctl ${version}`,
    beside: 'action',
    job(order) {
      switch (order.act) {
        case 'attach':
        case 'upload':
          return { commands: [put(order)] };
        case 'attach-platforms':
          return { commands: order.platforms.map((platform) => put(order, ['--platform', platform])) };
        case 'list':
        case 'list-many':
          return read(order, 'list', ['--format', 'body']);
        case 'list-deep':
          return read(order, 'tree');
        case 'sign':
          return { cannot: 'signs nothing' };
        case 'verify':
          return { cannot: 'verifies no signatures' };
      }
    },
  };
}
