import fc from 'fast-check';
import { intoParcels } from './group-equal.js';
import { parcelKey } from './names.js';

describe('parcels', () => {
  it('hold every item once, equal ones together, as many as the vendor takes, and no token twice', () => {
    const item = fc.record({ token: fc.integer({ min: 0, max: 5 }), text: fc.integer({ min: 0, max: 2 }) });
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 60 }),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        (items, most, any) => {
          const placed = items.map(({ token, text }, place) => ({
            place,
            item: { token: `t${token}`, content: { text }, id: `n${place}` },
          }));
          const parcels = intoParcels(placed, { together: any ? 'any' : 'equal', tokensAtOnce: most });
          const places = parcels.flatMap((one) => one.places);
          expect([...places].sort((a, b) => a - b)).toEqual(placed.map(({ place }) => place));
          for (const { parcel, places: own } of parcels) {
            expect(parcel.items.length).toBeGreaterThan(0);
            expect(parcel.items.length).toBeLessThanOrEqual(most);
            expect(own.map((place) => placed[place]?.item)).toEqual(parcel.items);
            const tokens = parcel.items.map(({ token }) => token);
            expect(new Set(tokens).size).toBe(tokens.length);
            if (!any) expect(new Set(parcel.items.map(({ content }) => content.text)).size).toBe(1);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are named after the notification that is alone in them, and otherwise the same whenever the same go out together', () => {
    expect(parcelKey(['00000000-0000-4000-8000-000000000001'])).toBe('00000000-0000-4000-8000-000000000001');
    expect(parcelKey(['a', 'b'])).toBe(parcelKey(['a', 'b']));
    expect(parcelKey(['a', 'b'])).not.toBe(parcelKey(['a', 'c']));
    expect(parcelKey(['a', 'b']).length).toBeLessThanOrEqual(36);
  });
});
