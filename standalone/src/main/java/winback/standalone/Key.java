package winback.standalone;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import winback.chassis.access.Role;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.WrongCommandLine;
import winback.standalone.platform.Keys;

/**
 * {@code ./winback key}: prints the admin's key; {@code key create NAME ROLE} makes another and prints it once; {@code key
 * revoke NAME} takes one back.
 */
final class Key {

    private Key() {}

    static int run(Arguments arguments) {
        Path dataDir = Winback.dataDir(arguments);
        Keys keys = new Keys(dataDir);
        if (arguments.words() == 0) {
            System.out.println(keys.admin()
                    .orElseThrow(() -> new CommandFailed(
                            "There is no key in " + dataDir + " yet; `./winback up` makes one at its first start.")));
            return 0;
        }
        String verb = arguments.word(0, "what to do");
        if (!verb.equals("create") && !verb.equals("revoke")) {
            throw new WrongCommandLine(
                    "`./winback key`, `./winback key create NAME ROLE` or `./winback key revoke NAME`");
        }
        String name = arguments.word(1, "the key's name");
        if (!Files.isDirectory(dataDir)) {
            throw new CommandFailed("There is no data directory " + dataDir + " yet; `./winback up` makes it.");
        }
        if (verb.equals("revoke")) {
            arguments.atMost(2);
            keys.revoke(name);
            return 0;
        }
        Role role = role(arguments.word(2, "the role (ingest, read, operate or admin)"));
        arguments.atMost(3);
        System.out.println(keys.create(name, role));
        return 0;
    }

    private static Role role(String word) {
        try {
            return Role.valueOf(word.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            throw new WrongCommandLine("The role is ingest, read, operate or admin, not '" + word + "'.", unknown);
        }
    }
}
