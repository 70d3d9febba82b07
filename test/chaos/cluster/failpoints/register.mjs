// Loaded in front of the server by `node --import`: the server's own files stay as they are, what they import is wrapped.
import { register } from 'node:module';

register('./hooks.mjs', import.meta.url);
