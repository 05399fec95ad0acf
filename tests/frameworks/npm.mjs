// node npm.mjs PACKAGE TEST: runs one test of an npm package against the emulator. Fails with what went wrong.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(`${process.env.NPM_PLACE}/package.json`);
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { CO_API_URL: url, CO_API_KEY: key } = process.env;
const said = "This is an emulator, not a model. You said: ";
const both = "use weather and clock";
const image = "data:image/png;base64,iVBORw0KGgo=";
const schema = { type: "object", properties: { name: { type: "string" } }, required: ["name"] };
const parameters = (name) => ({ type: "object", properties: { [name]: { type: "string" } }, required: [name] });
const whole = (text) => assert(text.includes(`sunny in ${both}`) && text.includes(`noon in ${both}`), text);

async function cohereAI() {
  const { CohereClientV2, CohereError } = await load("cohere-ai");
  const client = (token = key) => new CohereClientV2({ token, environment: url });
  const messages = [{ role: "user", content: "Hi" }];
  const ask = (more = {}, token = key) => client(token).chat({ model: "m", messages, ...more }, { maxRetries: 0 });
  const text = (response) => response.message.content[0].text;
  const refused = (status) => (error) => error instanceof CohereError && error.statusCode === status;
  return {
    plain: async () => assert.equal(text(await ask()), `${said}Hi`),
    stream: async () => {
      const pieces = [];
      for await (const event of await client().chatStream({ model: "m", messages }))
        if (event.type === "content-delta") pieces.push(event.delta.message.content.text);
      assert.equal(pieces.join(""), `${said}Hi`);
    },
    "two tools": async () => {
      const tools = [["weather", "city"], ["clock", "zone"]].map(([name, one]) => (
        { type: "function", function: { name, description: undefined, parameters: parameters(one) } }));
      const told = [{ role: "user", content: both }];
      const response = await ask({ messages: told, tools, temperature: undefined });
      told.push(response.message);
      for (const call of response.message.toolCalls) {
        const given = JSON.parse(call.function.arguments);
        const content = given.city ? `sunny in ${given.city}` : `noon in ${given.zone}`;
        told.push({ role: "tool", toolCallId: call.id, content });
      }
      whole(text(await ask({ messages: told, tools })));
    },
    documents: async () => {
      const response = await ask({ documents: [{ id: "d1", data: { text: "A fact." } }] });
      assert.equal(response.message.citations[0].sources[0].id, "d1");
    },
    schema: async () => {
      const response = await ask({ responseFormat: { type: "json_object", jsonSchema: schema } });
      assert(JSON.parse(text(response)).name);
    },
    parts: async () => {
      const content = [{ type: "text", text: "Hi" }, { type: "image_url", imageUrl: { url: image } }];
      assert(text(await ask({ messages: [{ role: "user", content }] })).endsWith("(1 image)"));
    },
    async: async () => "always",
    "bad parameter": () => assert.rejects(ask({ temperature: 5 }), refused(400)),
    "wrong key": () => assert.rejects(ask({}, "wrong"), refused(401)),
  };
}

async function aiSDK() {
  const { generateText, streamText, generateObject, stepCountIs, tool, jsonSchema } = await load("ai");
  const { createCohere } = await load("@ai-sdk/cohere");
  const model = (apiKey = key) => createCohere({ baseURL: `${url}/v2`, apiKey })("m");
  const ask = (more = {}, apiKey = key) => generateText({ model: model(apiKey), maxRetries: 0, prompt: "Hi", ...more });
  const refused = (status) => (error) => error.statusCode === status;
  const tools = {
    weather: tool({ inputSchema: jsonSchema(parameters("city")), execute: async ({ city }) => `sunny in ${city}` }),
    clock: tool({ inputSchema: jsonSchema(parameters("zone")), execute: async ({ zone }) => `noon in ${zone}` }),
  };
  return {
    plain: async () => assert.equal((await ask()).text, `${said}Hi`),
    stream: async () => {
      let text = "";
      for await (const piece of streamText({ model: model(), prompt: "Hi" }).textStream) text += piece;
      assert.equal(text, `${said}Hi`);
    },
    "two tools": async () => {
      // Its schema of a plain answer requires a document in each source; the service sends tool_output for a tool result.
      await assert.rejects(ask({ prompt: both, tools, stopWhen: stepCountIs(3) }), /Invalid JSON response/);
      const stream = streamText({ model: model(), prompt: both, tools, stopWhen: stepCountIs(3) });
      whole(await stream.text);
    },
    documents: async () => {
      const file = { type: "file", mediaType: "text/plain", data: Buffer.from("A fact."), filename: "a.txt" };
      const content = [{ type: "text", text: "Hi" }, file];
      const result = await ask({ prompt: undefined, messages: [{ role: "user", content }] });
      assert(result.text.includes("A fact."), result.text);
      assert(result.sources.length);
    },
    schema: async () => {
      const { object } = await generateObject({ model: model(), prompt: "Hi", schema: jsonSchema(schema) });
      assert(object.name);
    },
    parts: async () => {
      const content = [{ type: "text", text: "Hi" }, { type: "image", image: Buffer.from("iVBORw0KGgo=", "base64") }];
      const result = await ask({ prompt: undefined, messages: [{ role: "user", content }] });
      assert(result.text.endsWith("(1 image)"), result.text);
    },
    async: async () => "always",
    "bad parameter": () => assert.rejects(ask({ temperature: 5 }), refused(400)),
    "wrong key": () => assert.rejects(ask({}, "wrong"), refused(401)),
  };
}

const [name, tried] = process.argv.slice(2);
await (await { "cohere-ai": cohereAI, "@ai-sdk/cohere": aiSDK }[name]())[tried]();
