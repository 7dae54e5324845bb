package dev.terse.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * What a failure of the file system means, for people: the file, and the reason. Messages of the
 * system's own exceptions are often the bare path.
 */
public final class IoSentence {
  private IoSentence() {}

  /** The sentence of an {@link IOException}, or of one that an {@link UncheckedIOException} has. */
  public static String of(Exception failure) {
    if (failure instanceof UncheckedIOException unchecked) {
      IOException cause = unchecked.getCause();
      boolean own = failure.getMessage() != null && !failure.getMessage().equals(cause.toString());
      return own ? failure.getMessage() : of(cause);
    }
    if (failure instanceof FileSystemException fault) {
      return ofSystem(fault);
    }
    if (failure instanceof CharacterCodingException) {
      return "text that is not UTF-8";
    }
    return failure.getMessage() == null ? failure.toString() : failure.getMessage();
  }

  /**
   * A failure that names its file: those of open channels do not.
   *
   * @return {@code failure} itself if it names one
   */
  public static IOException at(Path file, IOException failure) {
    boolean named =
        failure instanceof FileSystemException
            || String.valueOf(failure.getMessage()).contains(file.toString());
    return named ? failure : new IOException(file + ": " + of(failure), failure);
  }

  private static String ofSystem(FileSystemException fault) {
    String file = String.valueOf(fault.getFile());
    if (fault.getReason() != null) {
      return file + ": " + fault.getReason();
    }
    if (fault instanceof NoSuchFileException) {
      return file + ": no such file";
    }
    if (fault instanceof AccessDeniedException) {
      return file + ": access denied";
    }
    if (fault instanceof FileAlreadyExistsException) {
      return Files.isSymbolicLink(Path.of(file))
          ? file + ": is a link to nothing"
          : file
              + ": stands there already"
              + (Files.isRegularFile(Path.of(file)) ? ", a file" : "");
    }
    if (fault instanceof NotDirectoryException) {
      return file + ": is no folder";
    }
    if (fault instanceof DirectoryNotEmptyException) {
      return file + ": is not empty";
    }
    return file + ": cannot be used (" + fault.getClass().getSimpleName() + ")";
  }
}
