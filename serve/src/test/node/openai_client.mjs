// npm's openai client against a server of checkpoints/arithmetic-base:
//   npm install openai; node openai_client.mjs http://127.0.0.1:8000/v1
import assert from 'node:assert';
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: process.argv[2] ?? 'http://127.0.0.1:8000/v1', apiKey: 'none', maxRetries: 0 });
const prompt = '<|user|>Left to right: 7*3+3-6<|assistant|>';
const messages = [{ role: 'user', content: 'Left to right: 7*3+3-6' }];
let checks = 0;
const check = (name, holds) => { checks++; assert(holds, name); };

const model = (await client.models.list()).data[0].id;
const asked = { model, prompt, max_tokens: 40, seed: 5, temperature: 0.8, logprobs: 3, n: 2 };
const whole = await client.completions.create(asked);
check('choices', whole.choices.map((c) => c.index).join() === '0,1');
for (const { logprobs } of whole.choices) {
  logprobs.tokens.forEach((token, t) =>
    check('the chosen one is among the likeliest', logprobs.top_logprobs[t][token] === logprobs.token_logprobs[t]));
}
const pieces = ['', ''];
for await (const event of await client.completions.create({ ...asked, stream: true })) {
  for (const choice of event.choices) pieces[choice.index] += choice.text;
}
check('pieces', pieces.every((piece, i) => piece === whole.choices[i].text));
const echo = await client.completions.create({ model, prompt: [[1, 2, 3]], max_tokens: 0, echo: true, logprobs: 1 });
check('echo', echo.choices[0].logprobs.token_logprobs.length === 3);

const talk = { model, messages, max_completion_tokens: 80, seed: 3, logprobs: true, top_logprobs: 2 };
const chat = await client.chat.completions.create(talk);
check('numbers', chat.choices[0].logprobs.content.length === chat.usage.completion_tokens);
let said = '';
for await (const event of await client.chat.completions.create({ ...talk, stream: true })) {
  said += event.choices[0].delta.content ?? '';
}
check('said', said === chat.choices[0].message.content);

const refused = async (kind, words, call) => {
  await assert.rejects(call, (e) => e instanceof kind && e.message.includes(words));
  checks++;
};
await refused(OpenAI.BadRequestError, 'temperature must be', () => client.completions.create({ model, prompt, temperature: -1 }));
await refused(OpenAI.NotFoundError, 'there is no model', () => client.completions.create({ model: 'gpt', prompt }));
await refused(OpenAI.BadRequestError, 'has room for', () => client.completions.create({ model, prompt, max_tokens: 1e6 }));
console.log(`openai of npm: ${checks} checks hold`);
