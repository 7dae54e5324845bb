package dev.terse.cli.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** Java of the docs: a class, members of a reward, or statements, with the imports left out. */
final class JavaBlock {
  private static final Pattern CLASS = Pattern.compile("public final class (\\w+)");
  private static final String IMPORTS =
      """
      import dev.terse.engine.*;
      import dev.terse.engine.nd4j.*;
      import dev.terse.model.folder.*;
      import dev.terse.reward.*;
      import dev.terse.traces.prune.*;
      import dev.terse.traces.score.*;
      import dev.terse.traces.segment.*;
      import dev.terse.trainer.config.*;
      import dev.terse.trainer.config.ConfigReader.Loaded;
      import dev.terse.trainer.grpo.*;
      import java.nio.file.Path;
      import java.util.*;
      """;

  private JavaBlock() {}

  /** Fails with what the compiler says, if it says something. */
  static void compile(DocBlock block, Path folder) throws IOException {
    Matcher named = CLASS.matcher(block.text());
    boolean whole = named.find();
    String name = whole ? named.group(1) : "Block";
    Path file = folder.resolve(name + ".java");
    Files.writeString(file, source(block.text(), whole));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                said,
                said,
                "-cp",
                System.getProperty("java.class.path"),
                "-proc:none",
                "-d",
                folder.toString(),
                file.toString());
    assertThat(code).as("%s%n%s", block.place(), said.toString(StandardCharsets.UTF_8)).isZero();
  }

  private static String source(String text, boolean whole) {
    if (whole) {
      return text.startsWith("package") ? text.replaceFirst(";", ";\n" + IMPORTS) : IMPORTS + text;
    }
    boolean members = text.stripLeading().startsWith("public ");
    return IMPORTS
        + "abstract class Block implements LoggingReward {\n"
        + "ModelFolder model; Trace trace; String yaml;\n"
        + (members ? text : "void block() throws Exception {\n" + text + "}\n")
        + "}\n";
  }
}
