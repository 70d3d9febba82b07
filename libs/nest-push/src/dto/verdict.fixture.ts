import { plainToInstance } from 'class-transformer';
import { validate, type ValidationError } from 'class-validator';
import { isPushError } from 'push-core';
import fc from 'fast-check';

export type DtoClass = new () => object;
export type EngineCheck = (value: unknown) => unknown;

/** What is wrong with it, as a host's `ValidationPipe` sees it; empty when nothing is. */
export async function faultsOf(dto: DtoClass, value: object): Promise<string[]> {
  const instance = plainToInstance(dto, value);
  return flat(await validate(instance, { whitelist: true, forbidNonWhitelisted: true }));
}

const flat = (errors: readonly ValidationError[], path = ''): string[] =>
  errors.flatMap(({ property, constraints, children }) => [
    ...Object.values(constraints ?? {}).map((said) => `${path}${property}: ${said}`),
    ...flat(children ?? [], `${path}${property}.`),
  ]);

/** What the engine says; empty when it takes the value. */
export function engineFault(check: EngineCheck, value: unknown): string {
  try {
    check(value);
    return '';
  } catch (error) {
    if (isPushError(error)) return error.message;
    throw error;
  }
}

const EDGES = [0, 1, 2, 31, 32, 33, 63, 64, 65, 121, 122, 123, 127, 128, 129, 256, 257, 1024, 1025, 2048, 4096, 4097];
const characters = fc.constantFrom('a', '😀', '\ufe0f', '\ud800', '中', ' ', '\n', '\u0000', '\u00a0', '@', '.', '-');
const texts = fc.oneof(
  fc.tuple(characters, fc.constantFrom(...EDGES)).map(([one, count]) => one.repeat(count)),
  fc.tuple(fc.constantFrom(...EDGES), characters).map(([count, one]) => 'a'.repeat(count) + one),
  fc.constantFrom(
    ...['@me', '@all', '@', '@you', 'auto', 'high', 'HIGH', 'https://x', 'http://x', ' https://x', '7', ''],
  ),
  fc.constantFrom(...['23:59', '24:00', '7:00', '07:00\n', 'Asia/Shanghai', 'asia/shanghai', 'Mars/Olympus', 'UTC']),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const numbers = fc.oneof(
  fc.constantFrom(0, -0, 1, 7, 8, -1, 1.5, 2592000, 2592001, 86400000, 86400001, 500, 501, 1e21, Number.MAX_VALUE),
  fc.integer(),
);
const simple = fc.oneof(texts, numbers, fc.boolean(), fc.constant(null));
const anything = fc.oneof(
  { weight: 6, arbitrary: simple },
  { weight: 1, arbitrary: fc.array(simple, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown[]>([], [[]], [{}], [null], {}, { users: [] }) },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('a', 'b c', 'user', 'users', 'x'.repeat(65)), simple) },
);

type Change = (at: Record<string, unknown> | unknown[], key: string) => void;
const set = (at: object, key: string, value: unknown): void =>
  void ((at as Record<string, unknown>)[key] = structuredClone(value));
const changes: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 5,
    arbitrary: anything.map(
      (value): Change =>
        (at, key) =>
          set(at, key, value),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constant<Change>((at, key) => void (Array.isArray(at) ? at.splice(Number(key), 1) : delete at[key])),
  },
  { weight: 1, arbitrary: fc.constant<Change>((at, key) => set(at, key, [(at as never)[key]])) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('extra', 'Type', 'id', 'op', '').map(
      (name): Change =>
        (at) =>
          Array.isArray(at) ? void at.push(at[0] ?? 'x') : set(at, name, 1),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(16, 17, 50, 51, 100, 101, 1000, 1001).map((count): Change => (at, key) => {
      const one: unknown = (at as never)[key];
      if (Array.isArray(one) && one.length > 0) set(at, key, Array<unknown>(count).fill(one[0]));
      else if (typeof one === 'object' && one !== null)
        for (let i = 0; i < count; i++) set(one, `k${i}`, Object.values(one)[0]);
    }),
  },
);

/** Values near a good one: one to three of its places are changed. */
export const near = (good: object): fc.Arbitrary<object> =>
  fc.array(fc.tuple(fc.nat(), changes), { minLength: 1, maxLength: 3 }).map((steps) => {
    const root = structuredClone(good) as Record<string, unknown>;
    for (const [index, change] of steps) {
      const places = placesIn(root);
      const place = places[index % Math.max(1, places.length)];
      if (place) change(...place);
    }
    // As it would arrive: what two places share is no longer one object.
    return JSON.parse(JSON.stringify(root)) as object;
  });

function placesIn(at: unknown): [Record<string, unknown>, string][] {
  if (typeof at !== 'object' || at === null) return [];
  const entries = Object.entries(at).slice(0, 40);
  return entries.flatMap(([key, value]) => [[at as Record<string, unknown>, key], ...placesIn(value)] as never);
}

/** The DTO and the engine are of one mind about the value. */
export async function agree(dto: DtoClass, check: EngineCheck, value: object): Promise<void> {
  const said = await faultsOf(dto, value);
  const engine = engineFault(check, structuredClone(value));
  if ((said.length === 0) === (engine === '')) return;
  throw new Error(`The engine says ${JSON.stringify(engine)}, the DTO ${JSON.stringify(said)}`);
}
