package dev.terse.lab.report;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A Chromium without a window, driven by its command line.
 *
 * @param program file that starts it
 */
record Chromium(Path program) {
  /** Names that systems have for it, the best first. */
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  private static final int SECONDS = 60;

  /**
   * The one that the variable CHROMIUM names, or the first on the path; none where there is none.
   */
  static Optional<Chromium> find() {
    Stream<Path> named = Stream.ofNullable(System.getenv("CHROMIUM")).map(Path::of);
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    Stream<Path> onPath =
        NAMES.stream()
            .flatMap(name -> Stream.of(path.split(File.pathSeparator)).map(f -> Path.of(f, name)));
    return Stream.concat(named, onPath).filter(Files::isExecutable).findFirst().map(Chromium::new);
  }

  /**
   * A page as it stands when its scripts have run.
   *
   * @param profile an empty folder of the browser's own
   * @param scheme light or dark
   * @param width least of the window, in pixels
   */
  String dom(Path page, Path profile, String scheme, int width)
      throws IOException, InterruptedException {
    Path dom = profile.resolveSibling(profile.getFileName() + ".html");
    Path log = profile.resolveSibling(profile.getFileName() + ".log");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--headless",
                "--no-sandbox", // it opens only what the test wrote
                "--disable-gpu",
                "--hide-scrollbars",
                "--blink-settings=preferredColorScheme=" + (scheme.equals("dark") ? 0 : 1),
                "--user-data-dir=" + profile,
                String.format(Locale.ROOT, "--window-size=%d,1000", width),
                "--dump-dom",
                page.toUri().toString())
            .redirectOutput(dom.toFile())
            .redirectError(log.toFile())
            .start();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new IOException(program + " did not end in " + SECONDS + " s: " + read(log));
    }
    if (process.exitValue() != 0) {
      throw new IOException(program + " ended with " + process.exitValue() + ": " + read(log));
    }
    return read(dom);
  }

  private static String read(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }
}
