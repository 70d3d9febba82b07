// Made once with keys of no other use. What opens today has to open with every later version.
export const VECTORS = {
  ann: {
    bundle: {
      v: 1,
      user: 'ann',
      device: 'phone',
      sign: 'BNsfnPu7vre3YA2fLvE8sETItc6-w08B2G84yL2YC_E_Nb6XZOMUbdFyOQEmpOgrZKGqiof6MxxJKkIEphpQbKA',
      agree: 'BFSVfsiSL4QZ4saOWlrZk-0wjPAAP-Xov82MRuyIq_tpUfFhxUb6wpFBSXgGCarcifuOXCbhIX9fjv4UjwWXf-U',
      madeAt: 1790000000000,
      signature: '4_Yu2W3iKD46N3BDzWBw50oUi-otlblibPENs8-ENlC8SSwuE7Y8KI8gHsbMf6SFWtFlklSQpAnv7R7k2v7Bpg',
    },
    sign: {
      kty: 'EC',
      crv: 'P-256',
      x: '2x-c-7u-t7dgDZ8u8TywRMi1zr7DTwHYbzjIvZgL8T8',
      y: 'Nb6XZOMUbdFyOQEmpOgrZKGqiof6MxxJKkIEphpQbKA',
      d: 'HfYlu_h7Q5tvh0hl_BerPw1w_oRFwPGZw_ULdb01A8U',
    },
    agree: {
      kty: 'EC',
      crv: 'P-256',
      x: 'VJV-yJIvhBnixo5aWtmT7TCM8AA_5ei_zYxG7Iir-2k',
      y: 'UfFhxUb6wpFBSXgGCarcifuOXCbhIX9fjv4UjwWXf-U',
      d: '9VI2GllWX1RcdM0hRm1ZQd-T3yYZW_ITdlStlnWg_oI',
    },
    identity: '5lS63jg5OSuc-0sUk5NGIA',
    keyId: 'UhYNJeMNtEPwbBMIF69aTw',
    fingerprint: '16787 11111 62201 47665 83431 05228',
  },
  bob: {
    bundle: {
      v: 1,
      user: 'bob',
      device: 'laptop',
      sign: 'BGfbfFqgZ8TdSakV4Atmna33m0Jl-JJwF5dwPK7brbbCSfpFrEM04yRl7M84k0Nu2puC7b3bVejChCQgz8bXM1s',
      agree: 'BLr0-pspiYN39JSL9g9h9_2qUXI9lNzY2gb5X0dLxuahsNZ8RhSPYxWDQId7KmIhgeGngltuAs0LaxP08jr4XAY',
      madeAt: 1790000000001,
      signature: '0aoTw9dskByRjNJYOV4BEDg5bbow-tzwpPSM3e0pKKUMD-czkXnJ3FTJddPbpUnzPTum6eSGnqCrQ5GTth8eGg',
    },
    sign: {
      kty: 'EC',
      crv: 'P-256',
      x: 'Z9t8WqBnxN1JqRXgC2adrfebQmX4knAXl3A8rtuttsI',
      y: 'SfpFrEM04yRl7M84k0Nu2puC7b3bVejChCQgz8bXM1s',
      d: 'mDyjDktQtDlrisq89C92oRYaUeqrHmUNuZZKkMOQpr0',
    },
    agree: {
      kty: 'EC',
      crv: 'P-256',
      x: 'uvT6mymJg3f0lIv2D2H3_apRcj2U3NjaBvlfR0vG5qE',
      y: 'sNZ8RhSPYxWDQId7KmIhgeGngltuAs0LaxP08jr4XAY',
      d: 'BTra5xUjdbHdaQXcHnU11ybyd8W6StBFAxXzrJrjRU0',
    },
    identity: 'QDxgd99fKcmW43onJrTbCw',
    keyId: 'ymMaDO9prXOPGA8qbXqk9g',
    fingerprint: '67716 47972 37953 48588 59221 48619',
  },
  safetyNumber: '07300 85687 87264 12745 94404 27076 91526 88260 39231 20441 25081 79460',
  entry: {
    id: 'm1',
    type: 'chat.message',
    thread: 'room-7',
    data: {
      e2ee: 1,
      id: 'mImdZy6_YB_sUQoXTCJ-KQ',
      from: {
        user: 'ann',
        device: 'phone',
        identity: '5lS63jg5OSuc-0sUk5NGIA',
      },
      at: 1790000000002,
      eph: 'BAxOGMaXWivb0JQRWLZqqYxUibEY-5QGYEJb8OdGZE31SpRTV7Ed4eAGcQLkdfjGks2PShwlbyi_otanzoFB744',
      to: [
        ['UhYNJeMNtEPwbBMIF69aTw', 'W0DYaw2WKnd8E8CgzgybzDzbuFX4zrkitQdXgQuDZ75B2PldCi3lql7DilwylF93'],
        ['ymMaDO9prXOPGA8qbXqk9g', 'xng47UuC7kV8ZZN7EMH_xP_RUSSQgQb-1aELf9OPfYy3UQ52ApxrY_v1SBOAzWzm'],
      ],
      box: 'WkRJX40wxSRSUnUamJ2Xg58FViynVYsMxsYIlKl3pm0MFaTYZx9ZVtBfD9bOMavfJycxkb3HkxYErkEXz1fy9VrQ89AMy9mVIqHqQmAb7vnVibShlqZLHEc45evnlexfGJbcOHbsxZVN-XPvYKQjwNiieISJUpjLLu3LRmCS8PixJh3KtHL2y5-Mz5k95AqzADmD6yc9ftzMYGP6O1ZJusyOP8Mr6vbIDmDXLZc-IKiXT_6WimpD3_K2jc3apVdM9D6HXoobiJhLC9g1KnJDREWN3pe3NvUdj7Fmiwl5RG9PtHs9jb0cevD3s-SJICN43zmc2aWBRTkwgPZ0XggxXOqEoz-gBz283k7dBNnYbT4',
      sig: '6-i-IBn7wzdtsZGRMcyNcao9c0ZxbdMsdcY-vZCyWmqypAxDXyhCfhNxolWM3HZyG3l8FnvchyY0Y65ec94fsg',
    },
  },
  content: {
    data: {
      text: 'Grüße 👋',
    },
    notification: {
      title: 'Ann',
      body: 'Grüße',
    },
  },
};
