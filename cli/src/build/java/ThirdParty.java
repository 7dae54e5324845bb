import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * Writes the libraries of trainer.jar with their licences as a table, out of its SBOM:
 *
 * <pre>
 * java cli/src/build/java/ThirdParty.java cli/target/trainer-sbom.xml THIRD-PARTY.md
 * </pre>
 */
final class ThirdParty {
  private static final String OURS = "dev.terse";

  private ThirdParty() {}

  /**
   * Writes the table.
   *
   * @param arguments the SBOM as XML; the file to write
   */
  public static void main(String[] arguments) throws Exception {
    Element bom =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Path.of(arguments[0]).toFile())
            .getDocumentElement();
    Element components = children(bom, "components").get(0);
    TreeMap<String, String> rows = new TreeMap<>();
    for (Element component : children(components, "component")) {
      String group = text(component, "group");
      if (group.equals(OURS)) {
        continue;
      }
      String name = group + ":" + text(component, "name");
      String licences = licences(component);
      if (licences.isEmpty()) {
        throw new IOException(
            name + " names no licence in its POM: look it up and list it by hand");
      }
      rows.put(name, "| " + name + " | " + text(component, "version") + " | " + licences + " |");
    }
    List<String> lines = new ArrayList<>();
    lines.add("# Libraries in trainer.jar");
    lines.add("");
    lines.add(
        "Made from the SBOM by `.ci/licences`; the jar holds their licence texts under"
            + " `META-INF`.");
    lines.add("Where a library offers several licences, any of them may be chosen.");
    lines.add("");
    lines.add("| library | version | licences |");
    lines.add("| --- | --- | --- |");
    lines.addAll(rows.values());
    Files.write(Path.of(arguments[1]), lines);
  }

  private static String licences(Element component) {
    List<String> names = new ArrayList<>();
    for (Element licences : children(component, "licenses")) {
      for (Element licence : children(licences, "license")) {
        String id = text(licence, "id");
        names.add(id.isEmpty() ? text(licence, "name") : id);
      }
      for (Element expression : children(licences, "expression")) {
        names.add(expression.getTextContent().strip());
      }
    }
    return String.join(", ", names);
  }

  private static String text(Element parent, String name) {
    List<Element> found = children(parent, name);
    return found.isEmpty() ? "" : found.get(0).getTextContent().strip();
  }

  private static List<Element> children(Element parent, String name) {
    List<Element> found = new ArrayList<>();
    NodeList nodes = parent.getChildNodes();
    for (int i = 0; i < nodes.getLength(); i++) {
      if (nodes.item(i) instanceof Element element && element.getTagName().equals(name)) {
        found.add(element);
      }
    }
    return found;
  }
}
