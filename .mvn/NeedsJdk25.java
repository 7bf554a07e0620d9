/// Run by the build with the JDK that toolchains chose, before anything is compiled; must itself run on old JDKs.
public class NeedsJdk25 {
    public static void main(String[] args) {
        int feature = Integer.parseInt(System.getProperty("java.specification.version").replaceFirst("^1\\.", ""));
        if (feature < 25) {
            System.err.println("Parley needs a JDK 25 or newer, but the newest one found is " + feature + " at "
                + System.getProperty("java.home")
                + "; install one (for example Temurin 25) where JDKs are usually kept, or name its folder in JDK25_HOME or ~/.m2/toolchains.xml.");
            System.exit(1);
        }
    }
}
