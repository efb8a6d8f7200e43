import type { Plugin } from 'esbuild';

/**
 * @actions/core imports an HTTP client (and with it all of undici) and @actions/exec, for OIDC tokens and platform
 * facts that this project does not ask it for. Its packages do not say that they are free of side effects; these two
 * are, so that esbuild may leave them out when nothing uses them.
 */
export const pruneOidc: Plugin = {
  name: 'prune-oidc',
  setup(build) {
    build.onResolve({ filter: /^(?:@actions\/(?:http-client|exec)|\.\/(?:oidc-utils|platform)\.js)/ }, async (args) => {
      if (args.pluginData === 'resolved' || !/node_modules[\\/]@actions[\\/]core/.test(args.importer)) return undefined;
      const { path, errors } = await build.resolve(args.path, {
        kind: args.kind,
        importer: args.importer,
        resolveDir: args.resolveDir,
        pluginData: 'resolved',
      });
      return errors.length > 0 ? { errors } : { path, sideEffects: false };
    });
  },
};
