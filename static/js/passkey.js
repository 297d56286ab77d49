// Passkeys and security keys (WebAuthn): asks the device, then posts its answer as JSON in the form's field `credential`.
//   <form data-passkey="create|get" data-options="id of a JSON script" or data-options-url="address that answers JSON">
// The server writes bytes as base64url text and reads them so; browsers want buffers. The form is hidden until this
// module finds that the browser can do it.
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const text = (buffer) => buffer && btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withBytes = (options) => {
  const known = (keys) => (keys ?? []).map((key) => ({ ...key, id: bytes(key.id) }));
  const ready = { ...options, challenge: bytes(options.challenge) };
  if (options.user) ready.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) ready.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) ready.allowCredentials = known(options.allowCredentials);
  return ready;
};

const asText = (credential) => {
  const { response } = credential;
  const answer = { clientDataJSON: text(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) answer[name] = text(response[name]);
  }
  if (response.getTransports) answer.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: answer,
  };
};

const optionsFor = async (form) => {
  const { options, optionsUrl } = form.dataset;
  if (options) return JSON.parse(document.getElementById(options).textContent);
  const answer = await fetch(optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
};

const ask = async (form) => {
  const data = await optionsFor(form);
  if (form.dataset.passkey === "get") return navigator.credentials.get({ publicKey: withBytes(data.request_options.publicKey) });
  const publicKey = withBytes(data.creation_options.publicKey);
  if (form.elements.passwordless) {
    // A key that logs in alone must be found without the e-mail address and must check its owner.
    const alone = form.elements.passwordless.checked;
    publicKey.authenticatorSelection = {
      ...publicKey.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      ...(alone && { userVerification: "required" }),
    };
  }
  return navigator.credentials.create({ publicKey });
};

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  const problem = form.querySelector("[data-passkey-problem]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    problem.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(asText(await ask(form)));
      form.submit();
    } catch {
      problem.hidden = false; // refused, timed out, or no such key on this device: the browser does not say which
    }
  });
}
