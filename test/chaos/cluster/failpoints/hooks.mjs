// Puts wrappers between the server and three things it imports: the store, the engine, the broker.

const wrapper = (name) => new URL(`./${name}`, import.meta.url).href;
const isOurs = (parent) => parent?.includes('/failpoints/') === true;

export async function resolve(specifier, context, next) {
  const { parentURL } = context;
  if (isOurs(parentURL)) return next(specifier, context);
  if (specifier === 'nest-push/typeorm') return { url: wrapper('typeorm.mjs'), shortCircuit: true };
  // Only where the engine is made: everybody else takes types and errors from there.
  if (specifier === 'push-core' && /push\.module\.js$/.test(parentURL ?? ''))
    return { url: wrapper('push-core.mjs'), shortCircuit: true };
  if (specifier === './rabbitmq/index.js' && /push\.module\.js$/.test(parentURL ?? '')) {
    const { url } = await next(specifier, context);
    return { url: `${wrapper('rabbitmq.mjs')}?real=${encodeURIComponent(url)}`, shortCircuit: true };
  }
  return next(specifier, context);
}

/** The broker's module has no public name, so what is wrapped is named by its place. */
export async function load(url, context, next) {
  const real = new URL(url).searchParams.get('real');
  if (!url.startsWith(wrapper('rabbitmq.mjs')) || real === null) return next(url, context);
  const source = `
    import { createRabbit as make } from ${JSON.stringify(real)};
    import { brokenRabbit } from ${JSON.stringify(wrapper('broken-rabbit.mjs'))};
    export * from ${JSON.stringify(real)};
    export const createRabbit = (...given) => brokenRabbit(make(...given));`;
  return { format: 'module', source, shortCircuit: true };
}
