package winback.content.previews;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;
import winback.chassis.problems.Problem;

/**
 * Takes pictures of mails with a headless Chromium, where there is one. The mail stands in a sandboxed frame: no script
 * runs, nothing is fetched, and no file of this machine can be shown, whatever it contains.
 */
@Component
class Browser {

    private static final Logger log = LoggerFactory.getLogger(Browser.class);

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome", "chrome");
    private static final int TALLEST = 4000;

    /**
     * So much wider and taller than the picture is the window. It begins with bars, and never narrower than 500 pixels, and a
     * picture may be taken before it has been brought to the size that was asked for.
     */
    private static final int BEYOND = 500;

    /** Left below the last line of a mail. */
    private static final int MARGIN = 16;

    private final PreviewSettings settings;
    private final @Nullable String browser;
    private final Semaphore one = new Semaphore(1);

    Browser(PreviewSettings settings) {
        this.settings = settings;
        String given = settings.browser();
        this.browser = given == null ? onPath().orElse(null) : given.isBlank() ? null : given;
    }

    private static Optional<String> onPath() {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "" : path).split(File.pathSeparator, -1))
                .filter(directory -> !directory.isBlank())
                .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /**
     * @param width of the window, in pixels
     * @param dark whether the reader prefers dark colours
     * @return a PNG, as tall as the mail, at most 4,000 pixels
     * @throws Problem 501 without a browser; 503 when it fails or another picture is being taken for too long
     */
    byte[] picture(String html, int width, boolean dark) {
        if (browser == null) {
            throw Problem.of(
                    HttpStatus.NOT_IMPLEMENTED,
                    "no-browser",
                    "There is no Chromium on this machine: install one, or name it in winback.previews.browser.");
        }
        Path directory = null;
        boolean mine = false;
        try {
            mine = one.tryAcquire(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
            if (!mine) {
                throw Problem.away("browser-busy", "Other pictures are being taken; try again.");
            }
            directory = Files.createTempDirectory("winback-preview");
            Path page = Files.writeString(directory.resolve("page.html"), framed(html, width));
            BufferedImage image = take(directory, browser, page, width, dark);
            // On a very busy machine it may have been taken before anything was drawn.
            return png(height(image) > 0 ? image : take(directory, browser, page, width, dark));
        } catch (IOException failed) {
            log.warn("no picture of a mail: {}", failed.toString());
            throw Problem.away("browser-failed", "The browser took no picture; its log line says why.");
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Problem.away("browser-failed", "The service is stopping.");
        } finally {
            if (mine) {
                one.release();
            }
            forget(directory);
        }
    }

    private BufferedImage take(Path directory, String program, Path page, int width, boolean dark)
            throws IOException, InterruptedException {
        Path picture = directory.resolve("picture.png");
        List<String> command = new ArrayList<>(List.of(
                program,
                "--headless=new",
                "--screenshot=" + picture,
                "--window-size=" + (width + BEYOND) + "," + (TALLEST + BEYOND),
                // Until the frame is there, too, or that much of the page's own time has passed.
                "--virtual-time-budget=5000",
                "--user-data-dir=" + directory.resolve("profile"),
                "--blink-settings=preferredColorScheme=" + (dark ? 0 : 1),
                // Nothing resolves, and what needs no resolving goes to a proxy that is not there.
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--proxy-server=127.0.0.1:1",
                "--proxy-bypass-list=<-loopback>",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--no-first-run"));
        command.addAll(settings.arguments());
        if ("root".equals(System.getProperty("user.name"))) {
            // It refuses to start otherwise; the frame's own sandbox is another one.
            command.add("--no-sandbox");
        }
        command.add(page.toUri().toString());
        Path output = directory.resolve("output");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException("the browser took longer than " + settings.timeout());
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        if (!Files.exists(picture)) {
            String said = Files.readString(output);
            throw new IOException("exit code " + process.exitValue() + ": "
                    + said.strip().lines().reduce((first, last) -> last).orElse(""));
        }
        BufferedImage window = ImageIO.read(picture.toFile());
        if (window == null || window.getWidth() < width || window.getHeight() < TALLEST) {
            throw new IOException("the picture is incomplete");
        }
        return window.getSubimage(0, 0, width, TALLEST);
    }

    /** In a frame of the picture's size, whatever the window's is. */
    private static String framed(String html, int width) {
        return """
                <!doctype html><meta charset="utf-8">
                <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
                <style>html,body{margin:0}iframe{display:block;border:0;width:%dpx;height:%dpx}</style>
                <iframe sandbox srcdoc="%s"></iframe>
                """.formatted(width, TALLEST, html.replace("&", "&amp;").replace("\"", "&quot;"));
    }

    /** Of what is not empty; 0 for a picture with nothing in it. */
    private static int height(BufferedImage image) {
        int height = image.getHeight();
        int empty = image.getRGB(0, height - 1);
        while (height > 0 && isAll(image, height - 1, empty)) {
            height--;
        }
        return height;
    }

    private static byte[] png(BufferedImage image) throws IOException {
        int height = Math.min(image.getHeight(), height(image) + MARGIN);
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        ImageIO.write(image.getSubimage(0, 0, image.getWidth(), height), "png", png);
        return png.toByteArray();
    }

    private static boolean isAll(BufferedImage image, int row, int colour) {
        for (int x = 0; x < image.getWidth(); x++) {
            if (image.getRGB(x, row) != colour) {
                return false;
            }
        }
        return true;
    }

    private static void forget(@Nullable Path directory) {
        try {
            if (directory != null) {
                FileSystemUtils.deleteRecursively(directory);
            }
        } catch (IOException | UncheckedIOException left) {
            log.warn("a picture's directory stays: {}", left.toString());
        }
    }
}
