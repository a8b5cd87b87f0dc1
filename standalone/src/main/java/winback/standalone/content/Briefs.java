package winback.standalone.content;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import winback.content.brief.Brief;
import winback.content.brief.BriefReader;
import winback.content.brief.DemoBrief;
import winback.content.brief.FaultyBrief;
import winback.standalone.cli.Arguments;
import winback.standalone.cli.CommandFailed;
import winback.standalone.cli.WrongCommandLine;

/** The brief that a command line means. */
final class Briefs {

    private static final long MOST_BYTES = 1_000_000;

    private Briefs() {}

    /** By {@code --brief FILE}, or {@code --campaign demo}. */
    static Brief of(Arguments arguments, LocalDate today) {
        String file = arguments.option("brief").orElse(null);
        String campaign = arguments.option("campaign").orElse(null);
        if (file == null && campaign == null) {
            throw new WrongCommandLine("which brief? --campaign demo, or --brief FILE");
        }
        if (file == null) {
            if (!"demo".equals(campaign)) {
                throw new WrongCommandLine(
                        "there is no brief of campaign " + campaign + "; hand it in with --brief FILE");
            }
            return DemoBrief.on(today);
        }
        Path path = Path.of(file);
        try {
            if (Files.size(path) > MOST_BYTES) {
                throw new CommandFailed(path + " is larger than a brief may be, " + MOST_BYTES + " bytes");
            }
            return BriefReader.read(HandedIn.json(HandedIn.read(path)), today);
        } catch (NoSuchFileException missing) {
            throw new CommandFailed("there is no file " + path);
        } catch (FaultyBrief faulty) {
            throw new CommandFailed(path + " cannot be written from:\n"
                    + faulty.faults().stream()
                            .map(fault -> "  %s: %s (%s)".formatted(fault.field(), fault.detail(), fault.code()))
                            .collect(Collectors.joining("\n")));
        } catch (JacksonException malformed) {
            throw new CommandFailed(path + " is not JSON: " + HandedIn.complaint(malformed) + " (line "
                    + (malformed.getLocation() == null
                            ? "?"
                            : malformed.getLocation().getLineNr()) + ", column "
                    + (malformed.getLocation() == null
                            ? "?"
                            : malformed.getLocation().getColumnNr()) + ")");
        } catch (HandedIn.NotUtf8 otherCharset) {
            throw new CommandFailed(path + " " + otherCharset.getMessage());
        } catch (IOException unreadable) {
            throw new CommandFailed("cannot read " + path + ": " + unreadable.getMessage());
        }
    }
}
