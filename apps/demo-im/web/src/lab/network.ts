import { labFetch } from './lab-fetch';
import { labSockets } from './lab-socket';
import { Line } from './line';

/** The one line of this page, and what speaks over it. */
export const line = new Line();
export const lineFetch = labFetch(line);
export const lineSockets = labSockets(line);
