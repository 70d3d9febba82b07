// node run-block.cjs …/src/main.ts: runs a guide's program against our sources, compiled and mapped as Jest does it.
const { Module } = require('node:module');
const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { transformSync } = require('@swc/core');
const jest = require('../../jest.config.cjs');

const [, options] = Object.values(jest.transform)[0];
const sources = Object.entries(jest.moduleNameMapper)
  .filter(([, file]) => file.startsWith('<rootDir>/'))
  .map(([name, file]) => [new RegExp(name), file.replace('<rootDir>', jest.rootDir)]);

Module._extensions['.ts'] = (module, filename) => {
  module._compile(transformSync(readFileSync(filename, 'utf8'), { ...options, filename }).code, filename);
};

const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, parent, ...rest) {
  const ours = sources.find(([name]) => name.test(request));
  if (ours) return ours[1];
  if (request.startsWith('.') && request.endsWith('.js') && parent?.filename?.endsWith('.ts')) {
    const source = path.resolve(path.dirname(parent.filename), request.replace(/\.js$/, '.ts'));
    if (existsSync(source)) return source;
  }
  return resolve.call(this, request, parent, ...rest);
};

require(path.resolve(process.argv[2]));
