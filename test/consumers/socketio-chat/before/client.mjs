// node client.mjs bob            shows what is said in the lobby
// node client.mjs ann 'Hello!'   says something there
import { io } from 'socket.io-client';

const [user, text] = process.argv.slice(2);
const url = process.env.CHAT_URL ?? 'http://localhost:3000';
const socket = io(url, { auth: { token: `${user}-secret` } });

const shown = new Set();
const show = ({ id, from, text }) => {
  if (shown.has(id)) return;
  shown.add(id);
  console.log(`${from}: ${text}`);
};

socket.on('chat.message', show);
socket.on('disconnect', () => console.log('offline'));

let isOpen = false;
socket.on('connect', async () => {
  await socket.emitWithAck('chat.join', 'lobby');
  console.log('joined');
  if (isOpen) return;
  isOpen = true;
  (await socket.emitWithAck('chat.history', 'lobby')).forEach(show);
  if (text === undefined) return;
  await socket.emitWithAck('chat.send', { room: 'lobby', text });
  socket.close();
});
