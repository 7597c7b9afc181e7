# What `cmake --install` puts where: headers, libraries, the CMake package and the pkg-config file. All of it finds the rest
# from where it is itself, so that the whole may be moved.

install(DIRECTORY include/ DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
    FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")
install(FILES LICENSE-APACHE LICENSE-MIT DESTINATION "${CMAKE_INSTALL_DATADIR}/licenses/voicewire")

if(VOICEWIRE_SHARED)
    if(WIN32)
        install(PROGRAMS "${VOICEWIRE_OUT}/${shared_name}" DESTINATION "${CMAKE_INSTALL_BINDIR}")
        install(FILES "${VOICEWIRE_OUT}/${import_built}" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
    else()
        install(PROGRAMS "${VOICEWIRE_OUT}/${shared_name}" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
        if(link_name)
            install(FILES "${VOICEWIRE_OUT}/${soname}" "${VOICEWIRE_OUT}/${link_name}" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
        endif()
    endif()
endif()
if(VOICEWIRE_STATIC)
    install(FILES "${VOICEWIRE_OUT}/${static_name}" DESTINATION "${CMAKE_INSTALL_LIBDIR}")
endif()

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/voicewire")
set(program "voicewire-sandbox${CMAKE_EXECUTABLE_SUFFIX}")
configure_package_config_file(cmake/voicewireConfig.cmake.in "${CMAKE_CURRENT_BINARY_DIR}/voicewireConfig.cmake"
    INSTALL_DESTINATION "${package}" PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_BINDIR)
# Before 1.0 a minor version may change anything.
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/voicewireConfigVersion.cmake" COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/voicewireConfig.cmake" "${CMAKE_CURRENT_BINARY_DIR}/voicewireConfigVersion.cmake"
    DESTINATION "${package}")

# From lib/pkgconfig back to the prefix, however deep the libraries' folder is. Folders that are given in full, as some
# distributions do, are named in full.
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}")
    set(VOICEWIRE_PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
    set(VOICEWIRE_PC_LIBDIR "${CMAKE_INSTALL_LIBDIR}")
else()
    file(RELATIVE_PATH way "/prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/prefix")
    string(REGEX REPLACE "/$" "" way "${way}")
    set(VOICEWIRE_PC_PREFIX "\${pcfiledir}/${way}")
    set(VOICEWIRE_PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
endif()
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
    set(VOICEWIRE_PC_INCLUDEDIR "${CMAKE_INSTALL_INCLUDEDIR}")
else()
    set(VOICEWIRE_PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
endif()
set(VOICEWIRE_LIBS_PRIVATE "")
foreach(library IN LISTS VOICEWIRE_SYSTEM_LIBS)
    if(library MATCHES "^-")
        string(APPEND VOICEWIRE_LIBS_PRIVATE " ${library}")
    else()
        string(APPEND VOICEWIRE_LIBS_PRIVATE " -l${library}")
    endif()
endforeach()
# Where there is no shared library, who asks for no --static gets the static one all the same.
set(VOICEWIRE_LIBS "")
if(NOT VOICEWIRE_SHARED)
    set(VOICEWIRE_LIBS "${VOICEWIRE_LIBS_PRIVATE}")
    set(VOICEWIRE_LIBS_PRIVATE "")
endif()
configure_file(cmake/voicewire.pc.in "${CMAKE_CURRENT_BINARY_DIR}/voicewire.pc" @ONLY)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/voicewire.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
