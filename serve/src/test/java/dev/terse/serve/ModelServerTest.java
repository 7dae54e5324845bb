package dev.terse.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.terse.engine.Progress;
import dev.terse.engine.SeedTree;
import dev.terse.engine.TokenScores;
import dev.terse.rollout.Completion;
import dev.terse.rollout.Group;
import dev.terse.rollout.Prompt;
import dev.terse.rollout.Rollouts;
import dev.terse.rollout.SamplingParams;
import dev.terse.serve.SmallServer.Reply;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One server for all of it: what clients of OpenAI's interface ask and see. */
class ModelServerTest {
  private static final String QUESTION = "<|user|>Left to right: 7*3+3-6<|assistant|>";
  private static SmallServer server;

  @BeforeAll
  static void start() {
    server = new SmallServer(SmallServer.settings());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static Reply completions(String json) throws IOException, InterruptedException {
    return server.post("/v1/completions", json);
  }

  private static Group offline(
      String prompt, int place, SamplingParams sampling, long seed, int n) {
    int[] ids = server.offline.tokenizer().encodeWithSpecial(prompt);
    return new Rollouts(
            server.offline.decoder(), Set.copyOf(server.offline.tokenizer().stopIds()), n)
        .generate(
            List.of(new Prompt(place, ids)),
            n,
            sampling,
            SeedTree.at(seed, "generate"),
            Progress.NONE)
        .get(0);
  }

  private static String text(Completion completion) {
    return server.offline.tokenizer().decode(completion.ids(), true);
  }

  @Test
  void completion_withASeed_isWhatGenerateDraws() throws Exception {
    Reply reply =
        completions(
            "{'model': 'sums', 'prompt': '%s', 'max_tokens': 60, 'seed': 7, 'n': 2, 'top_p': 0.95,"
                    .formatted(QUESTION)
                + " 'temperature': 1.2, 'logprobs': 0, 'return_token_ids': true}");
    Group expected = offline(QUESTION, 0, new SamplingParams(1.2, 0, 0.95, 0, 60), 7, 2);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().get("choices")).hasSize(2);
    int tokens = 0;
    for (int i = 0; i < 2; i++) {
      Completion completion = expected.completions().get(i);
      JsonNode choice = reply.json().at("/choices/" + i);
      assertThat(choice.get("index").asInt()).isEqualTo(i);
      assertThat(choice.get("text").asText()).isEqualTo(text(completion));
      assertThat(choice.get("finish_reason").asText())
          .isEqualTo(completion.finish().name().toLowerCase(Locale.ROOT));
      assertThat(ints(choice.get("token_ids"))).containsExactly(completion.ids());
      for (int t = 0; t < completion.ids().length; t++) {
        assertThat((float) choice.at("/logprobs/token_logprobs/" + t).asDouble())
            .isEqualTo(completion.logProbs()[t]);
      }
      tokens += completion.ids().length;
    }
    assertThat(reply.json().at("/usage/completion_tokens").asInt()).isEqualTo(tokens);
    assertThat(reply.json().get("weights_version").asInt()).isEqualTo(1);
    assertThat(reply.json().get("object").asText()).isEqualTo("text_completion");
  }

  private static int[] ints(JsonNode list) {
    int[] ints = new int[list.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = list.get(i).asInt();
    }
    return ints;
  }

  @Test
  void prompts_asTextsAndAsIds_giveTheSame() throws Exception {
    String more = ", 'max_tokens': 12, 'temperature': 0}";
    String ids = Arrays.toString(server.offline.tokenizer().encodeWithSpecial(QUESTION));
    String one = completions("{'prompt': '" + QUESTION + "'" + more).text();
    assertThat(one).isNotEmpty();
    assertThat(completions("{'prompt': " + ids + more).text()).isEqualTo(one);
    assertThat(completions("{'prompt': [" + ids + "]" + more).text()).isEqualTo(one);
    Reply two = completions("{'prompt': ['" + QUESTION + "', 'x']" + more);
    assertThat(two.text()).isEqualTo(one);
    assertThat(two.json().get("choices")).hasSize(2);
  }

  /** What the evaluation harness reads. */
  @ParameterizedTest
  @CsvSource({"0", "1"})
  void echo_withLogProbs_hasALengthOfPromptAndCompletion(int maxTokens) throws Exception {
    int[] ids = server.offline.tokenizer().encode(QUESTION);
    Reply reply =
        completions(
            "{'prompt': [%s, [5, 6]], 'echo': true, 'logprobs': 1, 'temperature': 0, 'max_tokens': %d}"
                .formatted(Arrays.toString(ids), maxTokens));
    TokenScores scores = server.offline.decoder().score(ids);
    JsonNode choice = reply.json().at("/choices/0");
    JsonNode logProbs = choice.at("/logprobs/token_logprobs");
    JsonNode top = choice.at("/logprobs/top_logprobs");
    assertThat(logProbs).hasSize(ids.length + maxTokens);
    assertThat(top).hasSize(ids.length + maxTokens);
    assertThat(choice.at("/logprobs/tokens")).hasSize(ids.length + maxTokens);
    assertThat(choice.at("/logprobs/text_offset")).hasSize(ids.length + maxTokens);
    assertThat(choice.get("text").asText()).startsWith(QUESTION);
    assertThat(logProbs.get(0).isNull()).isTrue();
    assertThat(top.get(0).isNull()).isTrue();
    int greedy = 0;
    for (int t = 1; t < ids.length; t++) {
      double own = logProbs.get(t).asDouble();
      assertThat(own).isCloseTo(scores.logProbs()[t - 1], within(1e-4));
      double best = Double.NEGATIVE_INFINITY;
      boolean held = false;
      for (JsonNode likely : top.get(t)) {
        best = Math.max(best, likely.asDouble());
        held |= likely.asDouble() == own;
      }
      assertThat(held).as("the token itself is among the likeliest, to the bit").isTrue();
      greedy += own == best ? 1 : 0;
    }
    assertThat(greedy).isBetween(1, ids.length - 1);
    assertThat(reply.json().at("/choices/1/logprobs/token_logprobs")).hasSize(2 + maxTokens);
    assertThat(reply.json().at("/usage/completion_tokens").asInt()).isEqualTo(2 * maxTokens);
  }

  @Test
  void stream_ofACompletion_joinsToTheWhole() throws Exception {
    String body =
        "{'prompt': '" + QUESTION + "', 'max_tokens': 40, 'seed': 3, 'n': 2, 'logprobs': 2";
    Reply whole = completions(body + "}");
    List<JsonNode> events =
        server.events(
            "/v1/completions",
            body + ", 'stream': true, 'stream_options': {'include_usage': true}}");
    assertThat(events.size()).isGreaterThan(5);
    for (int i = 0; i < 2; i++) {
      int index = i;
      List<JsonNode> own =
          events.stream()
              .map(event -> event.at("/choices/0"))
              .filter(choice -> choice.path("index").asInt(-1) == index)
              .toList();
      JsonNode expected = whole.json().at("/choices/" + i);
      assertThat(own.stream().map(c -> c.get("text").asText()).collect(Collectors.joining()))
          .isEqualTo(expected.get("text").asText());
      List<JsonNode> numbers = new ArrayList<>();
      own.forEach(c -> c.at("/logprobs/token_logprobs").forEach(numbers::add));
      assertThat(numbers)
          .hasToString(expected.at("/logprobs/token_logprobs").toString().replace(",", ", "));
      assertThat(own.get(own.size() - 1).get("finish_reason"))
          .isEqualTo(expected.get("finish_reason"));
    }
    JsonNode last = events.get(events.size() - 1);
    assertThat(last.get("usage")).isEqualTo(whole.json().get("usage"));
    assertThat(last.get("choices")).isEmpty();
  }

  @Test
  void stop_endsBeforeItsText_alsoInAStream() throws Exception {
    String body = "{'prompt': '" + QUESTION + "', 'max_tokens': 60, 'temperature': 0";
    String all = completions(body + "}").text();
    String stop = all.substring(7, 10);
    String cut = all.substring(0, all.indexOf(stop));
    Reply reply = completions(body + ", 'stop': ['never', '" + stop.replace("\n", "\\n") + "']}");
    assertThat(reply.text()).isEqualTo(cut);
    assertThat(reply.json().at("/choices/0/finish_reason").asText()).isEqualTo("stop");
    String streamed =
        server
            .events(
                "/v1/completions",
                body + ", 'stream': true, 'stop': '" + stop.replace("\n", "\\n") + "'}")
            .stream()
            .map(event -> event.at("/choices/0/text").asText())
            .collect(Collectors.joining());
    assertThat(streamed).isEqualTo(cut);
  }

  @Test
  void chat_goesThroughTheTemplate_wholeAndInPieces() throws Exception {
    String body =
        "{'model': 'sums', 'messages': [{'role': 'user', 'content': 'Left to right: 7*3+3-6'}],"
            + " 'seed': 11, 'temperature': 0.7, 'max_completion_tokens': 80, 'logprobs': true,"
            + " 'top_logprobs': 2";
    Reply whole = server.post("/v1/chat/completions", body + "}");
    Completion expected =
        offline(QUESTION, 0, SamplingParams.plain(0.7, 80), 11, 1).completions().get(0);
    JsonNode message = whole.json().at("/choices/0/message");
    String text = text(expected);
    String thinking = message.path("reasoning_content").asText();
    assertThat(text).isEqualTo(whole(thinking, message.get("content").asText(), text));
    assertThat(whole.json().at("/choices/0/logprobs/content")).hasSize(expected.ids().length);
    JsonNode first = whole.json().at("/choices/0/logprobs/content/0");
    assertThat((float) first.get("logprob").asDouble()).isEqualTo(expected.logProbs()[0]);
    assertThat(first.get("top_logprobs")).hasSize(2);
    List<JsonNode> events = server.events("/v1/chat/completions", body + ", 'stream': true}");
    assertThat(events.get(0).at("/choices/0/delta/role").asText()).isEqualTo("assistant");
    assertThat(joined(events, "content")).isEqualTo(message.get("content").asText());
    assertThat(joined(events, "reasoning_content")).isEqualTo(thinking);
  }

  /** Thinking and answer with the marks that the text has. */
  private static String whole(String thinking, String answer, String text) {
    return (text.startsWith("<think>") ? "<think>" : "")
        + thinking
        + (text.contains("</think>") ? "</think>" : "")
        + answer;
  }

  private static String joined(List<JsonNode> events, String field) {
    return events.stream()
        .map(event -> event.at("/choices/0/delta").path(field).asText())
        .collect(Collectors.joining());
  }

  @Test
  void tokenizer_isTold() throws Exception {
    Reply tokens = server.post("/tokenize", "{'prompt': '1+2', 'return_token_strs': true}");
    assertThat(ints(tokens.json().get("tokens")))
        .containsExactly(server.offline.tokenizer().encode("1+2"));
    assertThat(tokens.json().get("token_strs")).hasToString("[\"1\",\"+\",\"2\"]");
    assertThat(tokens.json().get("max_model_len").asInt()).isEqualTo(400);
    Reply back = server.post("/detokenize", "{'tokens': " + tokens.json().get("tokens") + "}");
    assertThat(back.json().get("prompt").asText()).isEqualTo("1+2");
    Reply chat =
        server.post(
            "/tokenize", "{'messages': [{'role': 'user', 'content': 'Left to right: 7*3+3-6'}]}");
    assertThat(ints(chat.json().get("tokens")))
        .containsExactly(server.offline.tokenizer().encode(QUESTION));
    JsonNode info = server.get("/tokenizer_info").json();
    assertThat(info.get("eos_token").asText()).isEqualTo("<|end|>");
    assertThat(info.get("chat_template").asText()).contains("add_generation_prompt");
  }

  @Test
  void models_health_metrics_areTold() throws Exception {
    JsonNode models = server.get("/v1/models").json();
    assertThat(models.at("/data/0/id").asText()).isEqualTo("sums");
    assertThat(server.get("/health").json()).hasToString("{\"status\":\"ok\"}");
    completions("{'prompt': 'x', 'max_tokens': 3, 'ignore_eos': true}");
    assertThat(server.getText("/metrics"))
        .contains("terse_request_seconds_count{endpoint=\"/v1/completions\",status=\"200\"}")
        .contains("# TYPE terse_completion_tokens_total counter")
        .contains("terse_sequences_live")
        .contains("terse_first_token_seconds_bucket");
  }

  /** Each wrong request and its sentence. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          /v1/completions | [1] | 400 | the body must be a JSON object, was '[1]'
          /v1/completions | {'prompt': 'x' | 400 | the body is no JSON:
          /v1/completions | {'prompt': 'x', 'prompt': 'y'} | 400 | the body is no JSON: Duplicate
          /v1/completions | {} | 400 | prompt is missing
          /v1/completions | {'prompt': 'x', 'temperatur': 1} | 400 | unknown key 'temperatur'
          /v1/completions | {'prompt': 'x', 'temperature': 'hot'} | 400 | temperature must be a number
          /v1/completions | {'prompt': 'x', 'top_p': 0} | 400 | top_p must be above 0 and at most 1
          /v1/completions | {'prompt': 'x', 'n': 0} | 400 | n must be an integer from 1 to 32, was '0'
          /v1/completions | {'prompt': [[1], [303]]} | 400 | prompt must have token ids from 0 to 302, found '303' at 0
          /v1/completions | {'prompt': []} | 400 | prompt must be a string, a list of strings, token ids
          /v1/completions | {'prompt': [[]]} | 400 | a prompt must have at least one token, found none
          /v1/completions | {'prompt': 'x', 'max_tokens': 200000} | 400 | this model has room for 400 tokens, but the prompt has 1
          /v1/completions | {'prompt': 'x', 'max_tokens': 201} | 400 | max_tokens must be at most 200 (max_completion_length), was 201
          /v1/completions | {'prompt': ['x', 'y'], 'n': 20} | 400 | 2 prompts with n=20 are 40 completions; a request may ask for 32
          /v1/completions | {'prompt': 'x', 'logit_bias': {'5': 1}} | 400 | logit_bias
          /v1/completions | {'prompt': 'x', 'stop': ''} | 400 | stop must be a string or a list of strings, none empty
          /v1/completions | {'prompt': 'x', 'model': 'gpt'} | 404 | there is no model 'gpt', but sums
          /v1/chat/completions | {'messages': []} | 400 | messages must have at least one message
          /v1/chat/completions | {'messages': [{'content': 'x'}]} | 400 | a message must have a role
          /v1/chat/completions | {'messages': [{'role': 'user', 'content': 'x'}], 'tools': [1]} | 400 | tools '[1]' is not supported
          /v1/chat/completions | {'messages': [{'role': 'user', 'content': 'x'}], 'top_logprobs': 1} | 400 | top_logprobs needs logprobs: true
          /v1/embeddings | {} | 404 | there is no /v1/embeddings; the endpoints are /health
          /v1/models | {} | 405 | /v1/models takes GET, not POST
          /detokenize | {} | 400 | tokens is missing
          /update_weights_from_disk | {'model_path': '/'} | 403 | weights are changed only where
          """)
  void request_thatIsWrong_isRefusedInASentence(String path, String body, int status, String words)
      throws Exception {
    Reply reply = server.post(path, body);
    assertThat(reply.error()).contains(words);
    assertThat(reply.status()).isEqualTo(status);
    assertThat(reply.json().get("error").fieldNames())
        .toIterable()
        .containsExactly("message", "type", "param", "code");
  }

  @Test
  void body_thatIsTooLargeOrOfAnotherType_isRefused() throws Exception {
    Reply large = completions("{'prompt': '" + "x".repeat(100_001) + "'}");
    assertThat(large.status()).isEqualTo(413);
    assertThat(large.error()).isEqualTo("the body must have at most 100000 bytes (max_body_bytes)");
    Reply form =
        server.send(
            server
                .to("/v1/completions")
                .header("Content-Type", "text/plain")
                .POST(BodyPublishers.ofString("{}"))
                .build());
    assertThat(form.status()).isEqualTo(415);
    assertThat(form.error()).isEqualTo("the body must be application/json, was text/plain");
    assertThat(raw("GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 403")
        .contains("a server without a token is asked by the names of this machine");
    assertThat(raw("GARBAGE\r\n\r\n")).startsWith("HTTP/1.1 400").contains("{\"error\":{");
  }

  private static String raw(String request) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", server.server.port())) {
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      in.transferTo(all);
      return all.toString(StandardCharsets.UTF_8);
    }
  }
}
