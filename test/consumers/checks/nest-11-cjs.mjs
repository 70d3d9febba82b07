// Nest 11 as CommonJS, resolved as TypeScript did before `exports`, tested with Jest and ts-jest.
import { checkNestApp } from './nest-app.mjs';

export const check = (given) => checkNestApp('nest-11-cjs', given);
