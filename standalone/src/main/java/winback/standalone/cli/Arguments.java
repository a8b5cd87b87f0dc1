package winback.standalone.cli;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What follows the verb: words, and options as {@code --name value}, {@code --name=value} or the bare {@code --flag}. */
public final class Arguments {

    private final List<String> words;
    private final Map<String, List<String>> options;

    private Arguments(List<String> words, Map<String, List<String>> options) {
        this.words = words;
        this.options = options;
    }

    /**
     * Reads a command line.
     *
     * @param valued the options that take a value
     * @param flags the options that take none, though {@code --flag=false} is understood
     * @throws WrongCommandLine for an option that is in neither
     */
    public static Arguments parse(List<String> line, Set<String> valued, Set<String> flags) {
        List<String> words = new ArrayList<>();
        Map<String, List<String>> options = new LinkedHashMap<>();
        for (int i = 0; i < line.size(); i++) {
            String argument = line.get(i);
            if (!argument.startsWith("--") || argument.length() == 2) {
                words.add(argument);
                continue;
            }
            int equals = argument.indexOf('=');
            String name = equals < 0 ? argument.substring(2) : argument.substring(2, equals);
            String value;
            if (!valued.contains(name) && !flags.contains(name)) {
                throw new WrongCommandLine("unknown option --" + name);
            } else if (equals >= 0) {
                value = argument.substring(equals + 1);
            } else if (!valued.contains(name)) {
                value = "true";
            } else if (i + 1 < line.size()) {
                value = line.get(++i);
            } else {
                throw new WrongCommandLine("--" + name + " needs a value");
            }
            options.computeIfAbsent(name, absent -> new ArrayList<>()).add(value);
        }
        return new Arguments(List.copyOf(words), options);
    }

    /** How many words there are. */
    public int words() {
        return words.size();
    }

    /** The word at that place, from 0; {@code what} says what is missing when it is. */
    public String word(int index, String what) {
        if (index >= words.size()) {
            throw new WrongCommandLine(what + " is missing");
        }
        return words.get(index);
    }

    /** Refuses words beyond that many. */
    public void atMost(int count) {
        if (words.size() > count) {
            throw new WrongCommandLine("what is '" + words.get(count) + "'?");
        }
    }

    /** The options as a command line, but for that one. */
    public List<String> without(String name) {
        List<String> line = new ArrayList<>();
        options.forEach((option, values) -> {
            if (!option.equals(name)) {
                values.forEach(value -> line.add("--" + option + "=" + value));
            }
        });
        return line;
    }

    /** The last value given. */
    public Optional<String> option(String name) {
        return all(name).isEmpty() ? Optional.empty() : Optional.of(all(name).getLast());
    }

    /** All values given, in order. */
    public List<String> all(String name) {
        return options.getOrDefault(name, List.of());
    }

    public boolean flag(String name) {
        return option(name).map(value -> truth(name, value)).orElse(false);
    }

    /** The truth that was given, empty when none was. */
    public Optional<Boolean> truth(String name) {
        return option(name).map(value -> truth(name, value));
    }

    private static boolean truth(String name, String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new WrongCommandLine("--" + name + " is true or false, not '" + value + "'");
        };
    }

    public int number(String name, int otherwise) {
        return option(name)
                .map(value -> {
                    try {
                        return Integer.parseInt(value);
                    } catch (NumberFormatException notANumber) {
                        throw new WrongCommandLine("--" + name + " is a whole number, not '" + value + "'");
                    }
                })
                .orElse(otherwise);
    }

    /** A whole number above zero that must be given; {@code what} says what it is. */
    public int positive(String name, String what) {
        if (all(name).isEmpty()) {
            throw new WrongCommandLine("--" + name + " is missing: " + what);
        }
        int number = number(name, 0);
        if (number < 1) {
            throw new WrongCommandLine("--" + name + " must be a positive number, not " + number);
        }
        return number;
    }

    /** Those of the options that were given, as they are repeated in a hint: {@code  --data DIR}; empty for none. */
    public String repeated(List<String> names) {
        StringBuilder line = new StringBuilder();
        for (String name : names) {
            option(name)
                    .ifPresent(
                            value -> line.append(" --").append(name).append(' ').append(quoted(value)));
        }
        return line.toString();
    }

    private static String quoted(String value) {
        return value.matches("[\\w./:,@%+=~-]+") ? value : "'" + value.replace("'", "'\\''") + "'";
    }

    /** A day that must be given, as {@code yyyy-MM-dd}. */
    public LocalDate day(String name) {
        String value = option(name).orElseThrow(() -> new WrongCommandLine("--" + name + " is missing (yyyy-MM-dd)"));
        try {
            return LocalDate.parse(value);
        } catch (DateTimeParseException notADay) {
            throw new WrongCommandLine("--" + name + " is a day such as 1997-09-30, not '" + value + "'");
        }
    }
}
