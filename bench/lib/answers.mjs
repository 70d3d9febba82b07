// The child's side of the orchestrator's IPC: one function a command, each answered under its request's number.
export function answer(commands) {
  process.on('message', async ({ id, command, args }) => {
    try {
      const result = await commands[command](args ?? {});
      process.send({ id, result: result ?? null });
    } catch (error) {
      process.send({ id, error: String(error?.stack ?? error) });
    }
  });
  // Whatever happens to the orchestrator, its children do not outlive it.
  process.on('disconnect', () => process.exit(0));
  process.send({ ready: true });
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
