import { ARTIFACT_TYPE, type Contender, FILE_TYPE, type Order } from '../contender.ts';

/** The oras CLI. */
export function orasContender(path: string, version: string): Contender {
  const flags = ({ user }: Order): readonly string[] => [
    '--plain-http',
    ...(user === undefined ? [] : ['--username', user.name, '--password', user.password]),
  ];
  const attach = (order: Order, more: readonly string[] = []) => ({
    path,
    args: [
      ...['attach', '--no-tty', '--artifact-type', ARTIFACT_TYPE, ...flags(order), ...more],
      ...[`${order.name}${order.reference}`, `${order.file}:${FILE_TYPE}`],
    ],
  });
  const discover = (order: Order, more: readonly string[]) => ({
    path,
    args: ['discover', '--format', 'json', ...flags(order), ...more, `${order.name}${order.reference}`],
  });
  return {
    name: `oras ${version}`,
    beside: 'action',
    job(order) {
      switch (order.act) {
        case 'attach':
        case 'upload':
          return { commands: [attach(order)] };
        case 'attach-platforms': // one platform a command
          return { commands: order.platforms.map((platform) => attach(order, ['--platform', platform])) };
        case 'list':
        case 'list-many':
          return { commands: [discover(order, ['--depth', '1'])] };
        case 'list-deep': // it does not go down from an index to its platforms
          return {
            commands: [discover(order, []), ...order.platforms.map((p) => discover(order, ['--platform', p]))],
          };
        case 'sign':
          return { cannot: 'signs nothing' };
        case 'verify':
          return { cannot: 'verifies no signatures' };
      }
    },
  };
}
