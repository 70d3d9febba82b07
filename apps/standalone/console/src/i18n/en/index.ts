import * as act from './act';
import * as administer from './administer';
import { reasons } from './reasons';
import * as shell from './shell';
import * as watch from './watch';

/** Every word of the page. The other languages have the same keys, or do not compile. */
export const en = { reasons, ...shell, ...watch, ...act, ...administer };
