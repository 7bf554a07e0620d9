import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Run by the build, before anything is compiled, with the newest JDK that toolchains found; must itself run on old ones. Leaves a file if that JDK
/// is too old, on which the build then ends with the sentence that says what to do.
public class NeedsJdk25 {
    public static void main(String[] args) throws IOException {
        Path tooOld = Path.of(args[0]);
        int feature = Integer.parseInt(System.getProperty("java.specification.version").replaceFirst("^1\\.", ""));
        if (feature >= 25) {
            Files.deleteIfExists(tooOld);
        } else {
            Files.createDirectories(tooOld.getParent());
            Files.writeString(tooOld, feature + "\n");
        }
    }
}
