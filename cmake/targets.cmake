# The targets within this build, named as find_package names them.

# What the static library needs of the system.
if(WIN32)
    set(VOICEWIRE_SYSTEM_LIBS bcrypt advapi32 kernel32 ntdll userenv ws2_32 dbghelp)
elseif(APPLE)
    set(VOICEWIRE_SYSTEM_LIBS "-framework Security" "-framework CoreFoundation" iconv m)
elseif(ANDROID)
    set(VOICEWIRE_SYSTEM_LIBS log dl m)
else()
    set(VOICEWIRE_SYSTEM_LIBS pthread dl m)
endif()

if(VOICEWIRE_SHARED)
    add_library(voicewire SHARED IMPORTED GLOBAL)
    set_target_properties(voicewire PROPERTIES
        IMPORTED_LOCATION "${VOICEWIRE_OUT}/${shared_name}"
        INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_SOURCE_DIR}/include")
    if(soname AND NOT APPLE)
        set_target_properties(voicewire PROPERTIES IMPORTED_SONAME ${soname})
    elseif(soname)
        set_target_properties(voicewire PROPERTIES IMPORTED_SONAME "@rpath/${soname}")
    endif()
    if(import_built)
        set_target_properties(voicewire PROPERTIES IMPORTED_IMPLIB "${VOICEWIRE_OUT}/${import_built}")
    endif()
    add_dependencies(voicewire voicewire_cargo)
    add_library(voicewire::voicewire ALIAS voicewire)
endif()

if(VOICEWIRE_STATIC)
    add_library(voicewire_static STATIC IMPORTED GLOBAL)
    set_target_properties(voicewire_static PROPERTIES
        IMPORTED_LOCATION "${VOICEWIRE_OUT}/${static_name}"
        INTERFACE_INCLUDE_DIRECTORIES "${CMAKE_CURRENT_SOURCE_DIR}/include"
        INTERFACE_LINK_LIBRARIES "${VOICEWIRE_SYSTEM_LIBS}")
    add_dependencies(voicewire_static voicewire_cargo)
    add_library(voicewire::voicewire_static ALIAS voicewire_static)
endif()
