import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * {@code java PlaceFile.java NEW TARGET}: moves a file to its place by a rename, so that whoever
 * has the old one open goes on reading the old one. Where both are equal, the old one stays.
 */
class PlaceFile {
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    Path target = Path.of(arguments[1]);
    if (Files.exists(target) && Files.mismatch(file, target) < 0) {
      Files.delete(file);
    } else {
      Files.move(file, target, StandardCopyOption.ATOMIC_MOVE);
    }
  }
}
