package org.livepeer.flink.connectors.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Set;
import java.util.stream.Stream;
import org.livepeer.flink.operators.Reason;
import org.livepeer.flink.schemas.StoreReference;

/**
 * The layout on disk:
 *
 * <pre>
 * objects/ab/abc…   finished objects, in sub directories by the first two characters of the name
 * uploads/abc…      objects that are being written
 * incoming/abc…     files that producers put there themselves
 * </pre>
 *
 * Directories are made with permissions 0700.
 */
final class SharedDirectory {
    private static final Set<PosixFilePermission> OWNER_ONLY =
            PosixFilePermissions.fromString("rwx------");

    private final Path objects;
    private final Path uploads;
    private final Path incoming;
    private final long freeSpaceFloor;
    private final Clock clock;

    SharedDirectory(StoreOptions options) throws IOException {
        Path root = make(options.directory().toAbsolutePath()).toRealPath();
        objects = make(root.resolve("objects"));
        uploads = make(root.resolve("uploads"));
        incoming = make(root.resolve("incoming"));
        freeSpaceFloor = options.freeSpaceFloor();
        clock = options.clock();
    }

    Path temporary(String name) {
        return uploads.resolve(name);
    }

    Path incoming() {
        return incoming;
    }

    /** Where an object of this name belongs; its directory is made. */
    Path place(String name) throws IOException {
        return make(objects.resolve(name.substring(0, 2))).resolve(name);
    }

    /**
     * The object's file: regular, no link, of the reference's length. A file that its producer put
     * into incoming is first moved out of the producer's reach.
     */
    Path find(StoreReference reference) throws IOException {
        String name = ObjectName.checked(reference.getName());
        Path place = objects.resolve(name.substring(0, 2)).resolve(name);
        if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
            adopt(name);
        }
        BasicFileAttributes attributes;
        try {
            attributes =
                    Files.readAttributes(
                            place, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            throw new StoreException(
                    Reason.InvalidReference,
                    "the store has no object of the reference's name: it was never finished here,"
                            + " or was collected since",
                    e);
        }
        if (!attributes.isRegularFile()) {
            throw new StoreException(
                    Reason.InvalidReference,
                    "the reference's name is not a plain file in the store (links are refused)");
        }
        if (attributes.size() != reference.getLength()
                || attributes.size() > SegmentStore.LARGEST_OBJECT) {
            throw new StoreException(
                    Reason.InvalidReference,
                    "the stored object has "
                            + attributes.size()
                            + " bytes, its reference says "
                            + reference.getLength()
                            + ", and at most "
                            + SegmentStore.LARGEST_OBJECT
                            + " are accepted");
        }
        return place;
    }

    private void adopt(String name) throws IOException {
        Path file = incoming.resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Path place = place(name);
            Files.move(file, place, StandardCopyOption.ATOMIC_MOVE);
            if (Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)) {
                Files.setLastModifiedTime(place, FileTime.from(clock.instant()));
            }
        } catch (NoSuchFileException e) {
            return; // another reader adopted it at the same moment
        } catch (IOException e) {
            throw new StoreException(
                    Reason.InvalidReference,
                    "the file in incoming/ cannot be taken over: the store's user must own"
                            + " incoming/ or may not be kept from moving files out of it",
                    e);
        }
    }

    void requireRoom() throws IOException {
        long free = Files.getFileStore(uploads).getUsableSpace();
        if (free < freeSpaceFloor) {
            throw new StoreFullException(
                    "the segment store's disk has "
                            + free
                            + " bytes free, "
                            + freeSpaceFloor
                            + " must stay free: make room or collect older objects");
        }
    }

    /** The same failure, as a full store when it is one. */
    IOException explained(IOException e) throws IOException {
        boolean noSpace =
                e.getMessage() != null
                        && (e.getMessage().contains("No space left")
                                || e.getMessage().contains("quota exceeded"));
        if (noSpace || Files.getFileStore(uploads).getUsableSpace() == 0) {
            return new StoreFullException(
                    "the segment store's disk is full: make room or collect older objects", e);
        }
        return e;
    }

    int removeBefore(FileTime limit) throws IOException {
        int removed = removeBefore(uploads, limit) + removeBefore(incoming, limit);
        try (Stream<Path> prefixes = Files.list(objects)) {
            for (Path prefix : (Iterable<Path>) prefixes::iterator) {
                removed += removeBefore(prefix, limit);
            }
        }
        return removed;
    }

    private static int removeBefore(Path directory, FileTime limit) throws IOException {
        int removed = 0;
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                try {
                    FileTime written = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
                    if (written.compareTo(limit) < 0 && Files.deleteIfExists(file)) {
                        removed++;
                    }
                } catch (NoSuchFileException e) {
                    continue; // finished or collected by somebody else
                }
            }
        }
        return removed;
    }

    private static Path make(Path directory) throws IOException {
        if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return directory;
        }
        return Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    }
}
