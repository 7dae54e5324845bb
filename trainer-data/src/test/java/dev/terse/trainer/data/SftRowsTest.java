package dev.terse.trainer.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.terse.model.chat.ChatTemplate;
import dev.terse.model.tokenizer.Tokenizer;
import dev.terse.model.tokenizer.TokenizerFiles;
import dev.terse.testkit.SharedData;
import dev.terse.trainer.data.SftRules.AssistantLoss;
import dev.terse.trainer.data.SftRules.Truncation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows of SFT: ids and loss as TRL's own (make_sft_rows.py), and what is refused. */
class SftRowsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path MODEL = SharedData.projectRoot().resolve("checkpoints/arithmetic-skip");
  private static final String PRINTS_CALLS =
      "{% for m in messages %}{{ '<|' + m.role + '|>' + (m.content or '') }}{% for t in"
          + " (m.tool_calls or []) %}{{ t.function.name + t.function.arguments }}{% endfor %}{% if"
          + " m.role == 'assistant' %}<|end|>{% endif %}{% endfor %}{% if add_generation_prompt"
          + " %}<|assistant|>{% endif %}";
  private static final String CHAT =
      "{'messages':[{'role':'user','content':'1+1'},{'role':'assistant','content':'2'},"
          + "{'role':'user','content':'3+3'},{'role':'assistant','content':'6'}]}";
  private static final String CALL =
      "'tool_calls':[{'type':'function','function':{'name':'mul','arguments':'7,8'}}]";

  @TempDir private Path folder;

  static Stream<JsonNode> cases() throws IOException {
    try (var lines = SftRowsTest.class.getResourceAsStream("/trl-sft-rows.jsonl")) {
      List<JsonNode> cases = new ArrayList<>();
      for (String line : new String(lines.readAllBytes(), "UTF-8").split("\n")) {
        cases.add(JSON.readTree(line));
      }
      return cases.stream();
    }
  }

  private static Tokenizer tokenizer(boolean begin) throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    for (String name : List.of("tokenizer.json", "tokenizer_config.json")) {
      files.put(name, Files.readAllBytes(MODEL.resolve(name)));
    }
    if (begin) {
      ObjectNode tokenizer = (ObjectNode) JSON.readTree(files.get("tokenizer.json"));
      tokenizer.set(
          "post_processor",
          json(
              "{'type':'TemplateProcessing','single':[{'SpecialToken':{'id':'<|system|>','type_id':0}},"
                  + "{'Sequence':{'id':'A','type_id':0}}],'pair':[{'Sequence':{'id':'A','type_id':0}},"
                  + "{'Sequence':{'id':'B','type_id':1}}],'special_tokens':{'<|system|>':{'id':"
                  + "'<|system|>','ids':[300],'tokens':['<|system|>']}}}"));
      files.put("tokenizer.json", JSON.writeValueAsBytes(tokenizer));
    }
    return Tokenizer.of(new TokenizerFiles(files));
  }

  private static JsonNode json(String text) throws IOException {
    return JSON.readTree(text.replace('\'', '"'));
  }

  private static SftRules rules(JsonNode config) {
    return new SftRules(
        config.path("dataset_text_field").asText("text"),
        config.path("max_length").asInt(1024),
        config.has("completion_only_loss") ? config.get("completion_only_loss").asBoolean() : null,
        config.path("assistant_only_loss").asBoolean() ? AssistantLoss.TRUE : AssistantLoss.FALSE,
        config.has("truncation_mode")
            ? Truncation.valueOf(config.get("truncation_mode").asText().toUpperCase(Locale.ROOT))
            : null,
        true,
        false);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rows_haveTheIdsAndLabelsOfTrl(JsonNode given) throws IOException {
    JsonNode config = given.get("config");
    boolean packing = config.path("packing").asBoolean();
    String strategy = config.path("packing_strategy").asText("bfd").toUpperCase(Locale.ROOT);
    Packing packs = packing ? Packing.valueOf(strategy) : Packing.NONE;
    SftRules rules = rules(config);
    int maxLength = rules.maxLength();
    if (packs.splits()) {
      rules = SftRules.of("text", Integer.MAX_VALUE);
    }
    StringBuilder lines = new StringBuilder();
    given.get("rows").forEach(row -> lines.append(row).append('\n'));
    Path file = Files.writeString(folder.resolve("rows.jsonl"), lines);
    try (Tokenizer tokenizer = tokenizer(given.get("begin").asBoolean())) {
      ChatTemplate template =
          ChatTemplate.of(given.get("template").asText(), Map.of("eos_token", "<|end|>"));
      SftDataset data = SftDataset.load(file, new PromptEncoder(tokenizer, template), rules);
      List<String> ours = new ArrayList<>();
      for (List<SftRow> unit : packs.units(data.rows(), maxLength)) {
        ours.add(shown(unit));
      }
      List<String> trls = new ArrayList<>();
      given.get("result").forEach(unit -> trls.add(shownByTrl(unit)));
      if (packing) { // the order of bins of one length is the sort's, which is not TRL's to promise
        assertThat(ours).containsExactlyInAnyOrderElementsOf(trls);
      } else {
        assertThat(ours).isEqualTo(trls);
      }
    }
  }

  /** Sequences of a unit, each as ids and labels; the first token of a sequence bears none. */
  private static String shown(List<SftRow> unit) {
    List<String> rows = new ArrayList<>();
    for (SftRow row : unit) {
      rows.add(shown(row.ids(), labels(row)));
    }
    return rows.stream().sorted().toList().toString();
  }

  private static int[] labels(SftRow row) {
    return IntStream.range(0, row.ids().length)
        .map(t -> row.bearsLoss(t) ? row.ids()[t] : -100)
        .toArray();
  }

  private static String shown(int[] ids, int[] labels) {
    return Arrays.toString(ids) + Arrays.toString(labels);
  }

  private static String shownByTrl(JsonNode unit) {
    int[] ids = JSON.convertValue(unit.get("input_ids"), int[].class);
    int[] labels = JSON.convertValue(unit.get("labels"), int[].class);
    JsonNode lengths = unit.path("seq_lengths");
    List<String> rows = new ArrayList<>();
    int at = 0;
    for (int s = 0; s < Math.max(1, lengths.size()); s++) {
      int to = lengths.isEmpty() ? ids.length : at + lengths.get(s).asInt();
      int[] of = Arrays.copyOfRange(labels, at, to);
      of[0] = -100;
      rows.add(shown(Arrays.copyOfRange(ids, at, to), of));
      at = to;
    }
    return rows.stream().sorted().toList().toString();
  }

  private SftDataset load(String template, SftRules rules, String... rows) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("rows.jsonl"), String.join("\n", rows).replace('\'', '"') + "\n");
    try (Tokenizer tokenizer = tokenizer(false)) {
      ChatTemplate chat =
          template == null
              ? ChatTemplate.load(MODEL)
              : ChatTemplate.of(template, Map.of("eos_token", "<|end|>"));
      return SftDataset.load(file, new PromptEncoder(tokenizer, chat), rules);
    }
  }

  private SftDataset load(String template, String... rows) throws IOException {
    return load(template, SftRules.of("text", 512), rows);
  }

  private int tokens(String template, String row) throws IOException {
    return load(template, row).rows().get(0).ids().length;
  }

  /** Case template-row-kwargs-lost. */
  @Test
  void rowVariables_changeThePrompt() throws IOException {
    String template =
        "{% if custom_instructions %}<|system|>{{ custom_instructions }}{% endif %}{% for m in"
            + " messages %}{{ '<|' + m.role + '|>' + m.content }}{% endfor %}{% if"
            + " add_generation_prompt %}<|assistant|>{% if enable_thinking is defined and not"
            + " enable_thinking %}<think></think>{% endif %}{% endif %}";
    String row = "{'prompt':[{'role':'user','content':'1+1'}],'completion':'2'%s}";
    int without = tokens(template, row.formatted(""));
    String more = ",'chat_template_kwargs':{'custom_instructions':'7 7 7','enable_thinking':false}";
    assertThat(without).isEqualTo(7);
    assertThat(tokens(template, row.formatted(more))).isEqualTo(without + 6 + 2);
  }

  /** Case messages-content-as-parts. */
  @Test
  void contentParts_areJoined_andOthersRefused() throws IOException {
    String parts =
        "{'messages':[{'role':'user','content':[{'type':'text','text':'1'},{'type':'text','text':"
            + "'+1'}]},{'role':'assistant','content':[{'type':'text','text':'2'}]}]}";
    String plain =
        "{'messages':[{'role':'user','content':'1+1'},{'role':'assistant','content':'2'}]}";
    assertThat(load(null, parts).rows().get(0).ids())
        .isEqualTo(load(null, plain).rows().get(0).ids());
    assertThatThrownBy(
            () ->
                load(null, "{'messages':[{'role':'user','content':[{'type':'image','url':'x'}]}]}"))
        .hasMessageContaining(
            "rows.jsonl line 1: messages[0] (user): content is a list with a part")
        .hasMessageContaining("image");
  }

  /** Case sft-null-union-columns. */
  @Test
  void nullColumns_areNotThere() throws IOException {
    SftDataset data =
        load(
            null,
            "{'prompt':null,'completion':null,'messages':[{'role':'user','content':'1+1'},{'role':"
                + "'assistant','content':'2'}],'text':null}",
            "{'prompt':'1+1=','completion':'2','messages':null,'text':null}",
            "{'prompt':null,'completion':null,'messages':null,'text':'1+1=2'}");
    assertThat(data.rows()).hasSize(3);
    assertThat(data.counts().read()).isEqualTo(3);
    assertThatThrownBy(() -> load(null, "{'prompt':null,'text':null}"))
        .hasMessageContaining("line 1")
        .hasMessageContaining("found nothing but null under the keys [prompt, text]");
  }

  /** Cases sft-tool-calls-dropped and sft-null-content-beside-calls. */
  @Test
  void toolCalls_arePrinted_orRefusedByName() throws IOException {
    String row =
        "{'messages':[{'role':'user','content':'7*8'},{'role':'assistant','content':%s%s},"
            + "{'role':'tool','content':'56'},{'role':'assistant','content':'56'}]}";
    int without = tokens(PRINTS_CALLS, row.formatted("''", ""));
    assertThat(tokens(PRINTS_CALLS, row.formatted("''", "," + CALL))).isEqualTo(without + 6);
    assertThat(tokens(PRINTS_CALLS, row.formatted("null", "," + CALL))).isEqualTo(without + 6);
    assertThatThrownBy(() -> load(null, row.formatted("''", "," + CALL)))
        .hasMessageContaining("messages[1] (assistant) has tool_calls, which the chat template")
        .hasMessageContaining("never prints");
    assertThatThrownBy(
            () ->
                load(
                    null,
                    "{'messages':[{'role':'user','content':'1'},{'role':'assistant','content':"
                        + "null}]}"))
        .hasMessageContaining("line 1: messages[1] (assistant): content is null");
  }

  @Test
  void reasoning_thatNoTemplatePrints_isRefused() {
    assertThatThrownBy(
            () ->
                load(
                    null,
                    "{'messages':[{'role':'user','content':'1'},{'role':'assistant','content':'2',"
                        + "'reasoning_content':'so'}]}"))
        .hasMessageContaining("has reasoning_content, which the chat template never prints");
  }

  /** Case sft-tools-column-dropped. */
  @Test
  void tools_arePrinted_orRefused() throws IOException {
    String template =
        "{% if tools %}<|system|>{{ tools | tojson }}{% endif %}{% for m in messages %}{{ '<|' +"
            + " m.role + '|>' + m.content }}{% endfor %}{% if add_generation_prompt"
            + " %}<|assistant|>{% endif %}";
    String row = "{%s'prompt':[{'role':'user','content':'7*8'}],'completion':'56'}";
    String tools = "'tools':[{'type':'function','function':{'name':'mul'}}],";
    assertThat(tokens(template, row.formatted(tools)))
        .isGreaterThan(tokens(template, row.formatted("")) + 10);
    assertThatThrownBy(() -> load(null, row.formatted(tools)))
        .hasMessageContaining("the row has tools, which the chat template never prints");
  }

  /** Case sft-which-turns-bear-loss. */
  @Test
  void messages_bearLossWhereTheKeysSay() throws IOException {
    assertThat(load(null, CHAT).rows().get(0).targets()).isEqualTo(13);
    SftRow turns = load(null, only(AssistantLoss.TRUE), CHAT).rows().get(0);
    assertThat(labels(turns))
        .containsExactly(
            -100, -100, -100, -100, -100, 17, 299, -100, -100, -100, -100, -100, 21, 299);
    SftRow last = load(null, only(AssistantLoss.LAST), CHAT).rows().get(0);
    assertThat(labels(last)).endsWith(-100, -100, 21, 299);
    assertThat(last.targets()).isEqualTo(2);
    assertThatThrownBy(() -> load(null, only(AssistantLoss.TRUE), "{'text':'1+1'}"))
        .hasMessageContaining("assistant_only_loss needs rows of messages");
  }

  private static SftRules only(AssistantLoss which) {
    return new SftRules("text", 512, null, which, null, true, false);
  }

  /** R1-Distill's template drops the thinking of a turn: it is trained as it is written. */
  @Test
  void thinkingThatTheTemplateDrops_isTrainedAsWritten() throws IOException {
    String drops =
        "{% for m in messages %}{{ '<|' + m.role + '|>' + m.content.split('</think>')[-1] }}{% if"
            + " m.role == 'assistant' %}<|end|>{% endif %}{% endfor %}{% if add_generation_prompt"
            + " %}<|assistant|><think>{% endif %}";
    String row =
        "{'messages':[{'role':'user','content':'1+1'},{'role':'assistant','content':"
            + "'<think>1+1=2</think>2'}]}";
    SftRow all = load(drops, row).rows().get(0);
    assertThat(all.ids())
        .containsExactly(301, 16, 10, 16, 302, 296, 16, 10, 16, 28, 17, 297, 17, 299);
    assertThat(all.targets()).isEqualTo(13);
    assertThat(labels(load(drops, only(AssistantLoss.TRUE), row).rows().get(0)))
        .startsWith(-100, -100, -100, -100, -100, -100, 16, 10);
  }

  @Test
  void shareGptAndAlpaca_areConversations() throws IOException {
    int[] chat =
        load(
                null,
                "{'messages':[{'role':'user','content':'1+1'},{'role':'assistant','content':'2'}]}")
            .rows()
            .get(0)
            .ids();
    SftDataset data =
        load(
            null,
            "{'conversations':[{'from':'human','value':'1+1'},{'from':'gpt','value':'2'}]}",
            "{'instruction':'1+1','input':'','output':'2'}");
    assertThat(data.rows()).allSatisfy(row -> assertThat(row.ids()).isEqualTo(chat));
    assertThat(labels(data.rows().get(1))).endsWith(-100, 17, 299);
    assertThatThrownBy(() -> load(null, "{'conversations':[{'from':'function_call','value':'f'}]}"))
        .hasMessageContaining("write it as an assistant's message with tool_calls");
  }

  /** Case sft-end-token-of-a-base-model. */
  @Test
  void endToken_isTheOneThatTheTemplateEndsATurnWith() throws IOException {
    Map<String, byte[]> files = new HashMap<>();
    ObjectNode tokenizer =
        (ObjectNode) JSON.readTree(Files.readAllBytes(MODEL.resolve("tokenizer.json")));
    tokenizer
        .withArray("/added_tokens")
        .add(
            json(
                "{'id':303,'content':'<|done|>','special':true,'single_word':false,'lstrip':false,"
                    + "'rstrip':false,'normalized':false}"));
    ObjectNode config =
        (ObjectNode) JSON.readTree(Files.readAllBytes(MODEL.resolve("tokenizer_config.json")));
    files.put("tokenizer.json", JSON.writeValueAsBytes(tokenizer));
    files.put("tokenizer_config.json", JSON.writeValueAsBytes(config.put("eos_token", "<|done|>")));
    String prompted = "{'prompt':[{'role':'user','content':'1+1'}],'completion':'2'}";
    Path file =
        Files.writeString(
            folder.resolve("rows.jsonl"), (CHAT + "\n" + prompted + "\n").replace('\'', '"'));
    try (Tokenizer other = Tokenizer.of(new TokenizerFiles(files))) {
      PromptEncoder encoder = new PromptEncoder(other, ChatTemplate.load(MODEL));
      assertThat(SftDataset.load(file, encoder, SftRules.of("text", 512)).rows())
          .allSatisfy(row -> assertThat(row.ids()).endsWith(299).doesNotContain(303));
    }
  }

  @Test
  void longRows_ofTextAreCut_ofTurnsLeftOut_andMostOfThemStopTheRun() throws IOException {
    SftRules short9 = SftRules.of("text", 9);
    SftDataset text = load(null, short9, "{'text':'1+1+1+1+1+1'}", "{'text':'1'}");
    assertThat(text.summary(9)).contains("2 rows read, 2 used").contains(", 1 cut to it");
    assertThat(text.losesRows()).isFalse();
    String brief = "{'prompt':'1','completion':'2'}";
    SftDataset turns = load(null, short9, CHAT, brief);
    assertThat(turns.losesRows()).isTrue();
    assertThat(turns.summary(9)).contains("1 used, 1 dropped because they are longer than");
    assertThatThrownBy(() -> load(null, short9, CHAT, CHAT, brief))
        .hasMessageContaining("would lose most of its rows")
        .hasMessageContaining("truncation_mode: keep_start keeps what fits")
        .hasMessageContaining("max_length: 14 keeps them whole");
  }

  @Test
  void rowsWithoutAnythingToLearn_areCountedAndNamed() throws IOException {
    String row = "{'id':'e','prompt':'a','completion':''}";
    String good = "{'prompt':'a','completion':'b'}";
    SftDataset data = load(null, good, row, good, good);
    assertThat(data.summary(512)).contains("1 dropped because nothing in them bears loss: e");
    assertThat(data.losesRows()).isTrue();
  }

  @Test
  void tokenizedRows_areChecked() {
    assertThatThrownBy(() -> load(null, "{'input_ids':[1,2],'labels':[-100]}"))
        .hasMessageContaining("one entry of 'labels' for each of the 2 input_ids, found 1");
    assertThatThrownBy(() -> load(null, "{'input_ids':[1,400]}"))
        .hasMessageContaining("input_ids[1] must be a token id from 0 to 302, is 400");
    assertThatThrownBy(() -> load(null, "{'input_ids':[1,2],'labels':[-100,3]}"))
        .hasMessageContaining("a label is the token itself, or -100");
  }

  @Test
  void firstRow_showsWhereLossIs() throws IOException {
    SftDataset data = load(null, only(AssistantLoss.TRUE), CHAT);
    try (Tokenizer tokenizer = tokenizer(false)) {
      assertThat(data.firstRow(tokenizer))
          .isEqualTo(
              "line 1: <|user|>1+1<|assistant|>⟦2<|end|>⟧<|user|>3+3<|assistant|>⟦6<|end|>⟧");
    }
  }

  /** More rows than blocks that are held, each unit that of the rows read whole. */
  @Test
  void streamedRows_areThoseOfTheFiles_inAnyOrder() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 9000; i++) {
      String text = i % 50 == 7 ? "" : i + "+1=" + (i + 1);
      lines.append("{\"text\":\"").append(text).append("\"}\n");
    }
    Path first = Files.writeString(folder.resolve("a.jsonl"), lines);
    Path second = Files.writeString(folder.resolve("b.jsonl"), "{\"text\":\"7\"}\n");
    try (Tokenizer tokenizer = tokenizer(false)) {
      PromptEncoder encoder = new PromptEncoder(tokenizer, ChatTemplate.load(MODEL));
      SftRules rules = SftRules.of("text", 512);
      StreamedRows rows = new StreamedRows(List.of(first, second), encoder, rules);
      assertThat(rows).hasSize(9001);
      assertThat(rows.blocks()).containsExactly(4096, 4096, 808, 1);
      assertThat(rows.get(9000).get(0).ids()).containsExactly(22, 299);
      assertThat(rows.get(57)).isEmpty();
      assertThat(rows.get(5000).get(0).ids()).isEqualTo(tokenizer.encode("5000+1=5001<|end|>"));
      assertThat(rows.get(1).get(0).ids()).isEqualTo(tokenizer.encode("1+1=2<|end|>"));
    }
  }

  @Test
  void streamedRows_thatAreMostlyLost_stopTheRun() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("long.jsonl"), (CHAT.replace('\'', '"') + "\n").repeat(2000));
    try (Tokenizer tokenizer = tokenizer(false)) {
      PromptEncoder encoder = new PromptEncoder(tokenizer, ChatTemplate.load(MODEL));
      StreamedRows rows = new StreamedRows(List.of(file), encoder, SftRules.of("text", 9));
      assertThatThrownBy(() -> IntStream.range(0, 2000).forEach(rows::get))
          .hasMessageContaining("1000 of 1000 rows were left out, longer than max_length 9 tokens")
          .hasMessageContaining("truncation_mode: keep_start");
    }
  }
}
