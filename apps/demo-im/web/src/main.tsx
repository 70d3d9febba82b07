import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import { render } from 'preact';
import { liveWithSession } from './push/life';
import { App } from './ui/app';
import { escape } from './ui/escape';
import { showUnreadOutside } from './ui/title';
import { followNotifications } from './webpush/opt-in';

liveWithSession();
followNotifications();
showUnreadOutside();
addEventListener('keydown', escape);

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
