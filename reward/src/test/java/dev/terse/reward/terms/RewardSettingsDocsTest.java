package dev.terse.reward.terms;

import static org.assertj.core.api.Assertions.assertThat;

import dev.terse.answers.extract.AnswerPolicy;
import dev.terse.testkit.SharedData;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every key of reward_settings has a row with its default, every answer policy has one. */
class RewardSettingsDocsTest {
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| ([^|]+) \\| .+ \\|$");

  @Test
  void settings_areDocumentedWithTheirDefaults() throws Exception {
    Map<String, String> actual = new LinkedHashMap<>();
    RecordComponent[] components = RewardSettings.class.getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      Object value = components[i].getAccessor().invoke(RewardSettings.defaults());
      actual.put(RewardSettings.keys().get(i), value == null ? "own" : value.toString());
    }
    Map<String, String> documented = new LinkedHashMap<>();
    Matcher rows = ROW.matcher(section("docs/commands/grpo.md", "## Reward settings"));
    while (rows.find()) {
      documented.put(rows.group(1), rows.group(2));
    }
    assertThat(documented).containsExactlyEntriesOf(actual);
  }

  @Test
  void policies_areDocumented() throws IOException {
    String page = section("docs/answers.md", "## Policies");
    for (String name : AnswerPolicy.names()) {
      assertThat(page).as(name).containsPattern("(?m)^\\| .*`" + name + "`.*\\|$");
    }
  }

  private static String section(String file, String heading) throws IOException {
    String text = Files.readString(SharedData.projectRoot().resolve(file));
    int start = text.indexOf(heading);
    assertThat(start).as(heading).isPositive();
    return text.substring(start, text.indexOf("\n## ", start));
  }
}
