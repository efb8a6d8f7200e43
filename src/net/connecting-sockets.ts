import type { Socket } from 'node:net';
import type { ConnectorTypes } from './undici-inner.ts';

type Connector = ReturnType<typeof import('./undici-inner.ts').buildConnector>;

/**
 * The sockets that are still being connected. A pool that is destroyed does not know them yet, so that an
 * unreachable host would keep the process alive until the connection times out.
 */
export class ConnectingSockets {
  readonly #sockets = new Set<Socket>();
  #reason: Error | undefined;

  /** The same connector, with an eye on what it opens. */
  track(connector: Connector): Connector {
    return (options: ConnectorTypes.Options, callback: ConnectorTypes.Callback): void => {
      // undici's connectors return the socket, which its types do not say.
      const socket = connector(options, callback) as unknown as Socket;
      this.#sockets.add(socket);
      const forget = (): void => {
        this.#sockets.delete(socket);
      };
      socket.once('close', forget).once('secureConnect', forget);
      if (options.protocol !== 'https:') socket.once('connect', forget);
      if (this.#reason !== undefined) socket.destroy(this.#reason);
    };
  }

  destroy(reason: Error): void {
    this.#reason = reason;
    for (const socket of this.#sockets) socket.destroy(reason);
  }
}
