#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file or folder that is open; the only place with file descriptors. Its calls block.
///
/// Nothing here follows a symbolic link: names are looked up in an open folder, one step at a time.
final class OpenFile: Sendable {
    let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    struct Status {
        let isFile: Bool
        let length: Int64
        /// Milliseconds since 1970.
        let changedAt: Int64
    }

    /// Opens the folder that a setting names, whose own path may have links in it.
    static func root(_ path: String) throws -> OpenFile {
        if mkdir(path, 0o750) != 0, errno != EEXIST { throw failure("mkdir") }
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open") }
        return OpenFile(descriptor)
    }

    /// The folder of this name in this folder, made if need be; nil if it is not there and not to be made.
    func folder(_ name: String, make: Bool) throws -> OpenFile? {
        if make {
            if mkdirat(descriptor, name, 0o750) == 0 {
                try sync()
            } else if errno != EEXIST {
                throw Self.failure("mkdir")
            }
        }
        return try descend(name, O_RDONLY | O_DIRECTORY)
    }

    /// Nil if there is no such file.
    func file(_ name: String) throws -> OpenFile? {
        // Non-blocking, so that a pipe put there does not hold the thread; it means nothing to a file.
        try descend(name, O_RDONLY | O_NONBLOCK)
    }

    func newFile(_ name: String) throws -> OpenFile {
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o640)
        guard file >= 0 else { throw Self.failure("create") }
        return OpenFile(file)
    }

    private func descend(_ name: String, _ flags: Int32) throws -> OpenFile? {
        let opened = openat(descriptor, name, flags | O_NOFOLLOW | O_CLOEXEC)
        guard opened < 0 else { return OpenFile(opened) }
        if errno == ENOENT { return nil }
        throw Self.failure("open")
    }

    func status() throws -> Status {
        var found = stat()
        guard fstat(descriptor, &found) == 0 else { throw Self.failure("stat") }
        #if canImport(Darwin)
            let time = found.st_mtimespec
        #else
            let time = found.st_mtim
        #endif
        return Status(
            isFile: found.st_mode & S_IFMT == S_IFREG, length: Int64(found.st_size),
            changedAt: Int64(time.tv_sec) &* 1000 &+ Int64(time.tv_nsec) / 1_000_000)
    }

    /// Fills `buffer` from `offset` on.
    /// - Returns: the bytes read, fewer only where the file ends.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws -> Int {
        var done = 0
        while done < buffer.count, let base = buffer.baseAddress {
            let count = pread(descriptor, base + done, buffer.count - done, off_t(offset + Int64(done)))
            if count == 0 { break }
            if count > 0 { done += count } else if errno != EINTR { throw Self.failure("read") }
        }
        return done
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        var done = 0
        while done < bytes.count, let base = bytes.baseAddress {
            let count = write(descriptor, base + done, bytes.count - done)
            if count >= 0 { done += count } else if errno != EINTR { throw Self.failure("write") }
        }
    }

    /// Returns once what was written, or which names the folder has, is on the disk.
    func sync() throws {
        guard fsync(descriptor) == 0 else { throw Self.failure("fsync") }
    }

    func rename(_ name: String, to newName: String, in folder: OpenFile) throws {
        guard renameat(descriptor, name, folder.descriptor, newName) == 0 else { throw Self.failure("rename") }
    }

    /// - Returns: false if there is none.
    func remove(_ name: String) throws -> Bool {
        if unlinkat(descriptor, name, 0) == 0 { return true }
        if errno == ENOENT { return false }
        throw Self.failure("unlink")
    }

    /// The names in this folder, without those that begin with a dot.
    func names() throws -> [String] {
        // A descriptor of its own, which `closedir` closes and whose position is not shared.
        let own = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard own >= 0 else { throw Self.failure("open") }
        guard let stream = fdopendir(own) else {
            close(own)
            throw Self.failure("opendir")
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            // Read where it lies: the entry ends with its name, not at the end of the C structure.
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let name = (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self)
            if name.pointee != CChar(bitPattern: UInt8(ascii: ".")) { names.append(String(cString: name)) }
            errno = 0
        }
        guard errno == 0 else { throw Self.failure("readdir") }
        return names
    }

    private static func failure(_ call: String) -> BlobStoreError {
        let number = errno
        let code: BlobStoreError.Code = number == EACCES || number == EPERM ? .refused : .unavailable
        return BlobStoreError(code, "\(call): \(String(cString: strerror(number)))")
    }
}
