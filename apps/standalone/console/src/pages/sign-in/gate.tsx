import { useEffect } from 'preact/hooks';
import { words } from '../../i18n/words';
import { place } from '../../state/route';
import { session } from '../../state/session';
import { ProblemNote } from '../../ui/parts/problem-note';
import { Loading } from '../../ui/parts/list';
import { LookButtons } from '../../ui/shell/look-buttons';
import { Mark } from '../../ui/shell/mark';
import { StreamsArt } from '../../ui/shell/streams-art';
import { SignInForm } from './sign-in-form';

/** Before anybody is signed in. */
export function Gate() {
  const { signIn, shell } = words.value;
  const now = session.value;
  const refused = place.value.query.get('problem');
  useEffect(() => {
    document.title = `${signIn.title} · ${shell.name}`;
  }, [words.value]);
  return (
    <div class="gate">
      <div class="gate-art">
        <span class="brand">
          <Mark />
          nest-push
        </span>
        <StreamsArt />
        <p>{signIn.lead}</p>
      </div>
      <main class="gate-form">
        <div>
          <h1>{signIn.title}</h1>
          <p class="lead">{shell.name}</p>
          {refused !== null && (
            <p class="problem" role="alert">
              {refused === 'oidc-stranger' ? signIn.refused.nobody : signIn.refused.failed}
            </p>
          )}
          {now.is === 'asked' && <Loading />}
          {now.is === 'unreachable' && <ProblemNote error={now.why} again={() => location.reload()} />}
          {now.is === 'out' && <SignInForm methods={now.methods} />}
          <div class="gate-look">
            <LookButtons />
          </div>
        </div>
      </main>
    </div>
  );
}
