import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/parts.css';
import './styles/shell.css';
import { render } from 'preact';
import { askSession } from './api/request';
import { session } from './state/session';
import { App } from './ui/app';
import { onShortcut } from './ui/shell/shortcuts';

addEventListener('keydown', onShortcut);
askSession().catch((why: unknown) => (session.value = { is: 'unreachable', why }));

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
