import * as act from './act';
import * as administer from './administer';
import { reasons } from './reasons';
import * as shell from './shell';
import * as watch from './watch';

export const zh = { reasons, ...shell, ...watch, ...act, ...administer };
