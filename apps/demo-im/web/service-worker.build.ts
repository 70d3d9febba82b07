import { build, type Plugin, type ResolvedConfig } from 'vite';

/**
 * Makes `sw.js`, in one file of its own beside the page: a worker that shared chunks with the page would have to be a module, which not
 * every browser takes, and its address must not change from build to build.
 */
export function serviceWorker(entry: string): Plugin {
  let page: ResolvedConfig;
  return {
    name: 'service-worker',
    apply: 'build',
    configResolved: (config) => {
      page = config;
    },
    closeBundle: async () => {
      await build({
        root: page.root,
        configFile: false,
        publicDir: false,
        logLevel: 'warn',
        build: {
          outDir: page.build.outDir,
          emptyOutDir: false,
          target: 'es2022',
          lib: { entry, formats: ['iife'], name: 'worker', fileName: () => 'sw.js' },
        },
      });
    },
  };
}
