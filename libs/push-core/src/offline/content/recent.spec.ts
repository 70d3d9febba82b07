import { Recent } from './recent.js';

describe('what is kept of the last used', () => {
  it('is made once, until others were used more lately', () => {
    const recent = new Recent<string>(2);
    const make = jest.fn((key: string) => key.toUpperCase());
    const get = (key: string): string => recent.get(key, () => make(key));
    expect(['a', 'b', 'a', 'c', 'a', 'b'].map(get)).toEqual(['A', 'B', 'A', 'C', 'A', 'B']);
    expect(make.mock.calls.map(([key]) => key)).toEqual(['a', 'b', 'c', 'b']);
  });
});
