# Las palabras de las páginas en español. Cada idioma tiene las mismas claves: una prueba lo comprueba.

## En todas partes
site-title = { $country }: registro de carbono
skip = Ir al contenido principal
languages = Idiomas
navigation = Partes del registro
menu = Menú
all-pages = Todas las páginas
foot-promise = Todo lo que muestran estas páginas puede comprobarse en el diario público. No hace falta cuenta, no se guarda ninguna cookie antes de iniciar sesión y no se carga nada de otros servidores.
sandbox-title = Entorno de pruebas.
sandbox-text = Nada aquí cuenta: países, personas y unidades son inventados. El reloj marca { $time }.
foot-version = Countersign { $version }
as-of = Estado en la entrada { $entry } del diario.
as-of-verify = Verificar
same-title = Lo mismo por la API y la línea de comandos
same-text = Cada página muestra también cómo un programa obtiene estos datos.
same-docs = Documentación de la API
none = ninguno
never = nunca
all = todo
from = de { $name }
to = a { $name }
since = desde el { $day }
period = del { $first } al { $last }
share = { $parts } de { $all } partes
percent = { $percent } %
account = cuenta { $account }
vintage = cosecha { $year }
tonnes = { $tonnes } t CO₂e
unit-tonnes = toneladas CO₂e
witnessed = atestiguado
witnessed-not = aún no atestiguado
in-force = en vigor
revoked = revocada
milliseconds = { $ms } ms
proof-of-entry = prueba: entrada { $entry }
project-number = Proyecto { $number }
case-number = Expediente { $number }
sdg = Objetivo { $goal }
all-as-csv = Todas las filas en CSV
list-empty = No hay nada que mostrar aquí.
pager = Páginas de la lista
pager-first = Volver a la primera página
pager-next = Página siguiente

nav-projects = Proyectos
nav-map = Mapa
nav-units = Unidades
nav-retirements = Retiros
nav-organisations = Organizaciones
nav-transfers = Transferencias
nav-cooperation = Cooperación
nav-accounting = Cuenta artículo 6
nav-statistics = Estadísticas
nav-verify = Verificar
nav-transparency = Transparencia
nav-federation = Federación
nav-entries = Entradas del diario
nav-notices = Avisos de uso
nav-letters = Cartas
nav-guidance = Ayuda
nav-data = Datos abiertos
nav-api = Documentación de la API
menu-registry = Registro
menu-article6 = Artículo 6
menu-proof = Prueba
menu-use = Usarlo

## Números y fechas
month-1 = enero
month-2 = febrero
month-3 = marzo
month-4 = abril
month-5 = mayo
month-6 = junio
month-7 = julio
month-8 = agosto
month-9 = septiembre
month-10 = octubre
month-11 = noviembre
month-12 = diciembre
date-long = { $day } de { $month } de { $year }
date-time = { $date }, { $time } UTC
ago-seconds = { $count ->
    [one] hace { $shown } segundo
   *[other] hace { $shown } segundos
}
ago-minutes = { $count ->
    [one] hace { $shown } minuto
   *[other] hace { $shown } minutos
}
ago-hours = { $count ->
    [one] hace { $shown } hora
   *[other] hace { $shown } horas
}
ago-days = { $count ->
    [one] hace { $shown } día
   *[other] hace { $shown } días
}
size-bytes = { $size } bytes
size-kilobytes = { $size } kB
size-megabytes = { $size } MB

## Lo que no funcionó
error-not-found = Esta página no existe
error-not-found-text = Compruebe la dirección, o busque el número de serie, el proyecto o la transferencia.
error-malformed = Esta dirección no se puede leer
error-malformed-text = Una parte de la dirección o del formulario no es lo que debe ser.
error-method = Esta página no acepta tal solicitud
error-method-text = Abra la página de nuevo desde un enlace.
error-too-many = Demasiadas solicitudes
error-too-many-text = Llegaron muchas solicitudes de su red en poco tiempo. Espere un momento y vuelva a cargar la página.
error-busy = El registro está ocupado
error-busy-text = No puede responder en este momento. No se perdió nada: vuelva a cargar la página en breve.
error-failed = El registro no pudo responder
error-failed-text = Es un fallo del registro, y su diario lo ha anotado. Comunique a la autoridad el número de abajo.
error-home = A la primera página
error-search = Buscar
error-id = Número de la solicitud:

## Primera página
home-title = Cada tonelada, dónde está y la prueba
home-lede = El registro público de carbono: proyectos, unidades, transferencias entre países y retiros. Cualquiera puede consultarlo, y cualquiera puede comprobarlo.
home-figures = El registro en cifras
home-unwitnessed = aún no visto por testigos
home-news = Lo último
home-news-caption = Entradas más recientes del diario
home-all-entries = Todas las entradas del diario
home-start = Por dónde empezar
home-start-register = Registrar un proyecto
home-start-serial = Leer un número de serie
home-start-verify = Comprobar una prueba
home-start-data = Obtener los datos
figure-authorised = Autorizado
figure-authorised-more = Las autorizaciones y su uso
figure-issued = Expedido
figure-projects = { $count ->
    [one] { $shown } proyecto registrado
   *[other] { $shown } proyectos registrados
}
figure-transferred = Primera transferencia
figure-transferred-more = Transferencias entre países
figure-retired = Retirado
figure-retired-more = Unidades usadas y canceladas

## Búsqueda
search-title = Búsqueda
search-label = Proyecto, número de serie, identificador ITMO, transferencia u organización
search-short = Buscar
search-button = Buscar
search-hint = Un nombre, un número, una serie como GH-27-35, un identificador ITMO, una transferencia o el SHA-256 de una carta.
search-numbers = Con este número
search-units = Unidades
search-projects = Proyectos
search-organisations = Organizaciones
search-transfers = Transferencias entre países
search-cases = Expedientes
search-letter = Es la huella de una carta de este registro
search-nothing = No se encontró nada
search-nothing-text = Nada se llama «{ $q }» aquí. Pruebe con menos caracteres, o con el número de serie sin su final.

## Columnas y filtros
column-entry = Entrada
column-what = Qué
column-about = Objeto
column-when = Cuándo
column-open = abrir
column-number = Número
column-title = Título
column-name = Nombre
column-scope = Ámbito sectorial
column-organisation = Organización
column-standing = Situación
column-serial = Número de serie
column-tonnes = Toneladas
column-place = Dónde
column-since = Desde la entrada
column-vintage = Cosecha
column-year = Año
column-purpose = Finalidad
column-beneficiary = Beneficiario
column-by = Por
column-project = Proyecto
column-stage = Etapa
column-transfer = Transferencia
column-route = De → a
column-state = Estado
column-role = Función
column-authorisation = Autorización
column-uses = Usos autorizados
column-used = Usado
column-identification = Identificación
column-country = País
column-approach = Enfoque
column-witness = Testigo
column-cosigned = Ha cofirmado
column-last = Última vez
column-peer = Nodo
filter-words = Con estos caracteres
filter-scope = Ámbito sectorial
filter-standing = Situación
filter-sort = Orden
filter-kind = Clase
filter-purpose = Finalidad
filter-direction = Sentido
filter-apply = Mostrar
sort-number = por número
sort-title = por título
sort-newest = el cambio más reciente primero
standing-pending = pendiente
standing-active = activo
standing-suspended = suspendido
standing-closed = cerrado

## Proyectos
projects-title = Proyectos
projects-text = Todos los proyectos registrados aquí, con su propietario y su situación.
project-unpublished = descripción aún no pública
project-facts = Datos
project-owners = Propietarios
project-certifier = Certificador
project-crediting = Períodos de acreditación
project-sector = Sector
project-methodology = Metodología
project-start = Inicio
project-estimate = Estimación por año
project-places = Lugares
project-elsewhere = En otros registros
project-sdg = Objetivos de Desarrollo Sostenible
project-units = Unidades
project-no-units = Hasta ahora no se ha expedido ninguna unidad.
project-totals = Qué fue de las unidades, en toneladas por cosecha
project-ranges = Los rangos de unidades y dónde están
project-ranges-all = Todos los rangos, página por página
project-cases = Seguimiento y solicitudes
project-documents = Documentos
project-no-documents = Ningún documento está abierto al público.
project-road = Hoja de ruta
project-map = Dónde está
project-history = Historia
total-held = Aquí
total-abroad = En el extranjero
total-used = Usado
total-cancelled = Cancelado
road-done = hecho
road-now = en curso
road-failed = terminado aquí
road-ahead = por venir
waits-for = { $step }: se espera de { $by }
act-opened = Abierto
act-yes = sí
act-no = no
act-migrated = Pasado a un proceso más nuevo
act-finding-opened = Hallazgo abierto
act-finding-answered = Hallazgo respondido
act-finding-closed = Hallazgo cerrado

## Mapa
map-title = Mapa de proyectos
map-text = Proyectos publicados con lugar. Cada punto es un lugar que un proyecto indicó.
map-about = { $count ->
    [one] Mapa con { $shown } lugar; la tabla de abajo dice lo mismo en palabras
   *[other] Mapa con { $shown } lugares; la tabla de abajo dice lo mismo en palabras
}
map-source = Contornos de los países: Natural Earth (dominio público). No implican opinión alguna sobre la condición jurídica de ningún territorio ni sobre sus límites.
map-empty = Ningún proyecto publicado ha indicado un lugar en el mapa.
map-list = Los lugares en una lista
map-positions = Latitud, longitud
map-without = { $count ->
    [one] { $shown } proyecto no está en el mapa: no tiene lugar en él, o no está publicado.
   *[other] { $shown } proyectos no están en el mapa: no tienen lugar en él, o no están publicados.
}
map-all = Todos los proyectos en una lista

## Unidades
units-title = Unidades
units-text = Una unidad es una tonelada con un número que nunca cambia. Escriba cualquiera de sus nombres para ver dónde está y todo lo que le ha pasado.
units-serial = Número de serie, rango o identificador ITMO
units-hint = Por ejemplo
units-show = Mostrar las unidades
units-learn = ¿Primera visita?
units-where = Dónde están ahora estas unidades
units-more = Los rangos siguientes
units-first-of-many = Los primeros { $count } rangos, { $tonnes }
units-of-first = El número de serie y los datos que le siguen son los del primer rango, { $range }. El origen de cada rango se indica en su propia página.
units-pieces = El número de serie, pieza por pieza
units-itmo = Identificador ITMO
units-project = Proyecto
units-foreign-project = Proyecto { $number } ({ $country })
units-issued-at = Expedido
units-foreign-entry = Entrada { $entry } del diario ({ $country })
units-authorisation = Autorización
units-first-transfer = Primera transferencia
units-first-transfer-by = por { $country }, según { $approach }
units-not-transferred = sin primera transferencia
units-tree = Separado de
units-tree-text = Desde la expedición hasta estas unidades: cada rango se separó del de arriba.
units-beside = junto a
units-custody = Cadena de custodia
units-events-more = Todos los sucesos, página por página
piece-party = expedido por { $country }
piece-type = clase de unidad
piece-scope = ámbito sectorial: { $scope }
piece-project = número del proyecto
piece-vintage = año de la mitigación
piece-reserved = reservado, 0
piece-first = primera unidad
piece-last = última unidad
piece-approach = enfoque cooperativo
piece-registry = registro
piece-first-transferring = primera transferencia por { $country }
piece-numbers = números de las unidades
place-available = en la cuenta { $account }
place-on-hold = retenido en la cuenta { $account }
place-reserved = apartado en la cuenta { $account }
place-escrow = bloqueado para una transferencia, de la cuenta { $account }
place-abroad = en { $country }
place-used = usado
place-cancelled = cancelado
event-issuance = Expedido
event-split = Separado
event-hold = Retenido
event-lift = Retención levantada
event-reserve = Apartado para una solicitud
event-free = Liberado
event-transfer = Movido entre cuentas
event-lock = Bloqueado para una transferencia al extranjero
event-release = Liberado: la transferencia fue rechazada
event-finalise = Transferido al extranjero
event-acquire = Adquirido del extranjero
event-retire = Usado
event-cancel = Cancelado
event-hold-placed = Retención por la autoridad
event-hold-lifted = Retención levantada por la autoridad

## Retiros
retirements-title = Retiros
retirements-text = Unidades usadas o canceladas. No vuelven a moverse nunca.
retirement-title = Retiro { $entry }
retirement-headline = { $tonnes } retiradas
retirement-open = el retiro
retirement-for-ever = Estas unidades se retiraron para siempre. Nadie puede usarlas por segunda vez, ni aquí ni en otro país.
retirement-certificate = Certificado
retirement-reason = Motivo
retirement-jurisdiction = Usado en
retirement-units = Unidades
retirement-commitment = Beneficiario sellado
retirement-commitment-text = El diario solo contiene esta huella del nombre y de un número secreto. Quien tenga ambos puede mostrar que corresponden.
beneficiary-private = no público
certificate-title = Certificado de retiro
certificate-text = El registro { $registry } certifica que las unidades siguientes se retiraron y no pueden volver a usarse.
certificate-back = Volver al retiro
certificate-proof = Prueba
certificate-proof-text = Este retiro es la entrada { $entry } del diario público. Abra la dirección, o escanee el código, para ver si el diario aún lo dice.
certificate-qr = Código QR con la dirección de este retiro
certificate-file = Certificado en PDF/A con su prueba
certificate-print = Para guardarlo, imprima esta página o guárdela como PDF. El paquete de prueba de la página del retiro se comprueba sin red.
retired-retire = Usado
retired-cancel = Cancelado
purpose-ndc = para una CDN
purpose-international-mitigation = fines de mitigación internacionales
purpose-other-purposes = otros fines
purpose-overall-mitigation = mitigación global de las emisiones mundiales
purpose-voluntary = voluntario

## Transferencias
transfers-title = Transferencias entre países
transfers-text = Una transferencia está en cada momento en un solo país. Ambos diarios lo prueban.
direction-out = de salida
direction-in = de entrada
state-locked = bloqueada
state-final = definitiva
state-released = liberada
state-acquired = adquirida
state-refused = rechazada
transfer-open = la transferencia
transfer-where = Dónde están ahora las unidades
transfer-lanes = Paso a paso, en ambos países
transfer-facts = Datos
transfer-agreement = Acuerdo
transfer-expiry = A rechazar después del
transfer-proof = Ver la prueba
transfer-elsewhere = Probado por la entrada { $entry } de { $origin }
transfer-account = Cuenta { $account }
transfer-clock = según el reloj de { $country }
transfer-now-locked-unwitnessed = Las unidades siguen aquí. Están bloqueadas y no pueden usarse.
transfer-next-locked-unwitnessed = Ahora: los testigos de este diario deben cofirmar el bloqueo. Nada sale antes.
transfer-now-locked = Las unidades siguen aquí. Están bloqueadas y no pueden usarse.
transfer-next-locked = Ahora: { $country } debe responder con una prueba. Si nunca lo hace, las unidades siguen bloqueadas: solo un rechazo probado las libera.
transfer-now-final = Las unidades están en { $country }.
transfer-next-final = No queda nada por hacer.
transfer-now-released = Las unidades están de nuevo aquí, y libres.
transfer-next-released = { $country } rechazó con prueba. No queda nada por hacer.
transfer-now-acquired = Las unidades están aquí.
transfer-next-acquired = { $country } anota el final en su propio diario.
transfer-now-refused = Las unidades se quedaron en { $country }.
transfer-next-refused = Este registro rechazó para siempre. { $country } libera las unidades con esa prueba.
lane-source = De: { $country }
lane-destination = A: { $country }
step-lock = Bloqueado en el origen
step-witnessed = Cofirmado por testigos
step-cancel-asked = Cancelación pedida
step-answer = Respuesta del destino
step-acquire = Adquirido
step-refuse = Rechazado
step-finalise = Definitivo en el origen
step-release = Liberado en el origen
step-settled = Final en el origen anotado

## Organizaciones
organisations-title = Organizaciones
organisations-text = Promotores de proyectos, certificadores y autoridades de este registro.
organisation-kind-government = Autoridad
organisation-kind-developer = Promotor
organisation-kind-certifier = Certificador
organisation-kind-other = Otra
organisation-projects = Proyectos
organisation-no-projects = No tiene ningún proyecto registrado.
organisation-all-projects = Todos sus proyectos
organisation-retirements = Sus retiros

## Cooperación
cooperation-title = Cooperación según el artículo 6
cooperation-text = Con quién coopera este país, qué ha autorizado y cuánto de ello se usa.
approaches-title = Enfoques cooperativos
approaches-none = Hasta ahora no consta ningún enfoque cooperativo.
approach-report = informe inicial presentado
approach-no-report = aún sin informe inicial
approach-parties = Partes
approach-definition = Primera transferencia para otros fines
approach-initial-report = Informe inicial
definition-authorisation = la autorización
definition-issuance = la expedición
definition-use-or-cancellation = el uso o la cancelación
definition-first-international-transfer = la primera transferencia internacional
authorisations-title = Autorizaciones
authorisations-text = Cada barra muestra cuánto de la cantidad autorizada tuvo su primera transferencia o está en camino.
authorisations-none = Hasta ahora no consta ninguna autorización.
authorisation-date = Fecha
authorisation-issue-until = Expedición hasta
authorisation-use-until = Uso hasta
authorisation-acquirers = Pueden adquirir y usar
authorisation-any-party = cualquier Parte del enfoque
authorisation-framework = Reglas y metodologías
authorisation-changes = Cambios
authorisation-terms = Condiciones
entities-title = Entidades autorizadas
entities-none = Hasta ahora no se ha autorizado ninguna entidad.
gauge = { $used } de { $all }
gauge-unlimited = { $used }, sin límite
records-title = Entradas
records-caption = Entradas del diario sobre esto, la más antigua primero
uses-ndc = para una CDN
uses-oimp = otros fines de mitigación internacionales
uses-imp = fines de mitigación internacionales
uses-op = otros fines
uses-ndc-and-oimp = CDN y otros fines de mitigación internacionales
uses-ndc-and-imp = CDN y fines de mitigación internacionales
uses-ndc-and-op = CDN y otros fines

## Cuenta artículo 6
accounting-title = Cuenta artículo 6
accounting-text = Las contribuciones del país, dónde están sus unidades y todo lo que se hizo con ellas según el artículo 6.
ndc-none = Hasta ahora no consta ninguna contribución (CDN).
ndc-title = CDN { $first }–{ $last }
ndc-method = Método de ajuste
ndc-reference = Nivel de referencia { $year }, t CO₂e
ndc-target = Meta { $year }, t CO₂e
ndc-trajectory = Trayectoria
ndc-levels = Emisiones cubiertas
method-trajectory = trayectoria plurianual indicativa
method-averaging = promedio
method-multi-year = trayectoria plurianual
ndc-adjusted = Con los ajustes correspondientes
reports-title = Informes anuales (formato electrónico acordado)
reports-text = Lo que el país fijó como versión de un año. Una versión no cambia nunca: compare el SHA-256 de su JSON.
reports-none = El país no ha fijado todavía ningún informe anual. Lo que se hizo con las unidades está más abajo, entrada por entrada.
report-title = Informe anual { $year }, versión { $version }
report-text = El informe en el formato electrónico acordado, tal como el país lo fijó. Cada fila se desprende del diario público.
report-version = Versión
report-frozen = Fijado
report-from = Entradas del diario de las que se desprende
report-size = Tamaño
report-sha256 = SHA-256 del JSON
report-tables = Lo que contiene
report-table = Cuadro
regular-title = Información periódica
regular-text = El resumen estructurado de cada NDC con las cantidades que lo componen, calculado a partir del diario tal como está ahora. No es una presentación oficial.
regular-none = No la hay sin una NDC.
positions-title = Dónde están las unidades
positions-text = Unidades por enfoque, finalidad de la cuenta y cosecha. No se nombra a ningún titular.
positions-itmos = Primera transferencia
positions-authorised = Autorizado
holds-party-holding = cuentas de la Parte
holds-entity-holding = cuentas de entidades
holds-buffer = reserva
holds-share-of-proceeds = parte de los fondos
holds-use-towards-ndc = usado para la CDN
holds-international-mitigation = fines de mitigación internacionales
holds-other-purposes = otros fines
holds-overall-mitigation = mitigación global
holds-other-cancellation = cancelado de otro modo
actions-title = Operaciones
actions-text = Lo que se hizo con las unidades, en el orden del diario.
action-authorised = Autorizado
action-first-transferred = Primera transferencia
action-transferred = Transferido
action-acquired = Adquirido
action-used-towards-ndc = Usado para la CDN
action-ended = Usado o cancelado
action-partners-first-transfer = Primera transferencia de unidades de un socio

## Estadísticas
statistics-title = Estadísticas
statistics-text = El registro en gráficos. Cada uno tiene su tabla y su archivo.
statistics-size = Contado sobre las primeras { $entries } entradas del diario.
chart-empty = Aún no hay nada que contar.
chart-table = La tabla detrás de este gráfico
chart-csv = CSV: { $chart }
chart-svg = Imagen: { $chart }
chart-by-year = Lo que pasó, por año
chart-by-year-text = Toneladas expedidas, transferidas, adquiridas y retiradas en cada año civil.
chart-by-vintage = Las cosechas, y dónde están sus unidades
chart-by-vintage-text = Toneladas por año de la mitigación. Una unidad está en un solo lugar.
chart-by-scope = Los sectores, y dónde están sus unidades
chart-by-scope-text = Toneladas expedidas por este país, por ámbito sectorial.
chart-projects = Proyectos registrados por sector
chart-projects-text = Cuántos proyectos tiene cada ámbito sectorial.
chart-by-partner = Países socios
chart-by-partner-text = Toneladas que fueron a un socio, que vinieron de él y que están en camino.
chart-end-states = De la autorización al estado de las unidades
chart-end-states-text = Toneladas que este país expidió, según estén autorizadas o no conforme al artículo 6, y qué fue de ellas. Cada banda es tan ancha como sus toneladas.
chart-end-countries = De la autorización al país de destino
chart-end-countries-text = Las mismas toneladas, las que están en el extranjero según el país que las tiene ahora.
ends-at-home = en este país
ends-other-countries = otros países
chart-by-region = Proyectos por región
chart-by-region-text = Proyectos publicados según las regiones que indican. Un proyecto en varias regiones cuenta en cada una.
chart-agreements = Acuerdos, y cuánto se ha usado de cada uno
chart-agreements-text = Toneladas que se movieron en virtud de cada acuerdo, en cada sentido: en total y en el año. La barra está llena cuando se alcanza el límite.
chart-between = Entre países
chart-between-text = Toneladas que fueron de un país (fila) a otro (columna), según este diario y los de los socios que se guardan aquí.
chart-stages = Tiempos de tramitación
chart-stages-text = Días desde que un expediente entró en una etapa hasta que salió de ella: la barra oscura es la mediana, la clara lo que nueve de cada diez no superaron.
chart-from = De
stage-time-median = Mediana, días
stage-time-p90 = Nueve de cada diez, días
stage-time-times = Expedientes
ends-authorised = Autorizadas
ends-not-authorised = No autorizadas
column-region = Región
column-agreement = Acuerdo
agreement-used = Usado
agreement-limit = Límite
agreement-in-all = en total
at-available = en cuentas
at-on-hold = retenido
at-escrow = bloqueado
at-abroad = en el extranjero
at-used = usado
at-cancelled = cancelado
partner-out = al socio
partner-in = del socio
partner-open = en camino

## Datos abiertos
data-title = Datos abiertos
data-text = Todo lo público, en archivos, sin cuenta y sin costo.
data-files = Archivos
data-file = Archivo
data-about = Qué contiene
data-about-projects = Proyectos registrados
data-about-organisations = Organizaciones
data-about-retirements = Rangos de unidades usados y cancelados
data-about-transfers = Transferencias entre países
data-about-actions = Lo que se hizo con las unidades según el artículo 6
data-about-use-notices = Avisos de usos en el extranjero
data-about-letters = Cartas emitidas
data-about-history = Todo lo que ocurrió con los rangos de unidades
data-about-units = Rangos de unidades en su estado actual
data-about-statistics = Sumas por año, cosecha, sector y socio
data-about-places = Dónde están los proyectos publicados
data-about-datapackage = Descripción de cada columna (Data Package)
data-about-sha256sums = Resúmenes criptográficos de todos los archivos
data-nightly = Archivos de la noche
data-nightly-text = Todo se deriva de las primeras { $entry } entradas del diario; elaborado el { $time }. Parquet y JSON Lines dan cada texto tal como es.
data-root = Raíz del diario en ese punto
data-rows = Filas
data-check = Para comprobar lo descargado:
data-programs = Para programas
data-programs-text = La API da lo mismo y más, con nombres estables, y dice qué cambió.
data-events = cada suceso, en orden y sin huecos
data-tiles = el diario mismo (C2SP tlog-tiles), que cualquier servidor web puede copiar
data-terms = Condiciones
data-terms-text = Los datos de este registro pueden usarse, copiarse y publicarse. Nombre el registro y la entrada del diario de la que proviene una cifra.

## Verificar
verify-title = Verificar una prueba
verify-text = Pegue un paquete de prueba. El registro comprueba cada huella y cada firma, y dice con palabras sencillas qué prueba.
verify-paste = Paquete de prueba
verify-hint = Un texto que empieza por c2sp.org/tlog-proof@v1. Cada página de una entrada, un retiro o una transferencia lo ofrece.
verify-button = Verificar
verify-says = Prueba
verify-stands = Figura como
verify-entry-of = entrada { $entry } de { $origin }
verify-under = Bajo
verify-under-text = la cabeza firmada de { $size } entradas
verify-witnesses = Atestiguado por
verify-later = Lo que pasó desde entonces
verify-offline = Sin confiar en esta página
verify-offline-text = La misma comprobación se hace en su propia computadora, sin red. Necesita el programa y un archivo que diga en quién confía.
verdict-valid = Válido
verdict-valid-text = El diario contiene esta entrada. Nada les ha pasado a sus unidades desde entonces, hasta donde sabe este registro.
verdict-moved = Válido, pero movido después
verdict-moved-text = El diario contiene esta entrada, pero sus unidades se movieron, usaron o bloquearon más tarde. Véase abajo.
verdict-elsewhere = Válido; actualidad desconocida
verdict-elsewhere-text = El diario de un socio contiene esta entrada. Si algo les pasó a sus unidades desde entonces, solo lo sabe el registro de ese país.
verdict-quorum = Muy pocos testigos
verdict-quorum-text = La firma del diario es correcta, pero han cofirmado menos testigos de los que exige este registro. Pida la prueba de nuevo en un momento.
verdict-altered = Alterado
verdict-altered-text = Algo en este paquete fue cambiado, o pertenece a otra cosa. No prueba nada.
verdict-unknown = Emisor desconocido
verdict-unknown-text = Este paquete viene de un diario que este registro no conoce. Puede ser verdadero, pero no se puede comprobar aquí.
verdict-unreadable = Esto no es un paquete de prueba
verdict-unreadable-text = Pegue el texto entero del archivo, de la primera línea a la última.
verdict-record = La entrada consta en el diario, y esta versión no puede leerla
verdict-record-text = La prueba se sostiene. Lo que dice la entrada es de un formato posterior al que lee esta versión, o infringe las reglas de su formato.
verdict-fork = Dos diarios bajo una misma clave
verdict-fork-text = Este paquete está firmado por este registro y sus testigos, pero el diario del propio registro dice otra cosa en este lugar. Guárdelo y avise a la autoridad y a los socios: es una evidencia.

## La federación en un mapa
world-title = Federación
world-text = Los países con los que coopera este registro: cómo están sus nodos vistos desde aquí, y qué pasó de unos a otros.
world-about = { $count ->
    [one] Mapa de { $shown } país; las listas de abajo dicen lo mismo en palabras
   *[other] Mapa de { $shown } países; las listas de abajo dicen lo mismo en palabras
}
map-own = el país de este registro
map-silent = inalcanzable, congelado o ya no es socio
map-bad = acusado, o rompe una regla
map-other = socio de un socio
routes-title = Qué pasó de un país a otro, en palabras
routes-none = Todavía no ha pasado nada de un país a otro.
routes-from = De
routes-to = A
renewed = Situación a { $time }.
renew = Actualizar esta página

## Transparencia
transparency-title = Transparencia
transparency-text = Quién vigila este registro, y qué ve. A un registro que muestra dos historias lo descubren sus testigos.
alarm-none = Ninguna alarma
alarm-none-text = El diario está atestiguado, y ningún testigo se ha quejado.
alarm-not-ready = El registro no está listo
alarm-witness = El testigo { $name } no cofirmó
alarm-accused = El registro de { $name } está acusado
alarm-disputed = Este registro y el de { $name } no coinciden sobre unas unidades
head-title = Cabeza del diario
head-entries = Entradas
head-last = Última entrada
head-root = Raíz
head-witnessed = Atestiguado
head-all = todas las entradas
head-behind = { $count ->
    [one] falta { $shown } entrada
   *[other] faltan { $shown } entradas
}
head-nothing = nada todavía
head-log = Diario
head-key = Clave del diario
witnesses-title = Testigos
witnesses-text = Comparan cada cabeza con lo que vieron antes, y solo cofirman lo que la continúa.
witnesses-none = No hay ninguno configurado: nada puede salir de este registro.
witness-current = al día
witness-behind = atrasado
witness-fault = rechazó
partners-title = Socios
partners-text = Los nodos de los países socios, como este nodo los alcanza. Cada uno comprueba este diario por sí mismo antes de creer una transferencia.
partners-none = No hay ninguno inscrito.
partner-connected = conectado
partner-unreachable = no conectado
open-title = Transferencias abiertas
open-outgoing = { $count ->
    [one] { $shown } transferencia espera a su destino.
   *[other] { $shown } transferencias esperan a su destino.
}
open-incoming = { $count ->
    [one] { $shown } respuesta espera a su origen.
   *[other] { $shown } respuestas esperan a su origen.
}
watch-title = Vigílelo usted
watch-text = El diario se publica en los formatos de C2SP, de modo que herramientas de otros pueden seguirlo.

## Entradas del diario
entries-title = Entradas del diario
entries-text = Todo lo que ha pasado en este registro, en orden. Una entrada nunca cambia y nunca desaparece.
entries-caption = Entradas, la más reciente primero
entries-older = Entradas anteriores
entry-title = Entrada { $entry }
entry-request = Solicitud
entry-holds = Esta entrada está probada
entry-holds-text = Cada huella de abajo lleva a la cabeza firmada de { $size } entradas de { $origin }.
entry-broken = Esta prueba no se sostiene
entry-waits = Aún no atestiguada
entry-waits-text = La entrada está en el diario, pero ningún quórum de testigos ha cofirmado una cabeza que la cubra. Vuelva a cargar esta página en un momento.
entry-credential = Descargar la credencial verificable (W3C)
entry-download = Descargar el paquete de prueba
entry-check = Comprobar un paquete
entry-leaf = Lo que dice la entrada
entry-leaf-text = El asiento, { $bytes } bytes en su única codificación posible.
entry-leaf-show = Mostrar el asiento
entry-hash = Su huella
entry-hash-text = SHA-256 de un byte cero y de los bytes del asiento (RFC 6962).
entry-ladder = La escalera de huellas
entry-ladder-text = { $count ->
    [one] { $shown } huella vecina lleva de la entrada hasta la raíz.
   *[other] { $shown } huellas vecinas llevan de la entrada hasta la raíz.
}
entry-ladder-show = Mostrar cada paso
entry-left = con, a la izquierda,
entry-right = con, a la derecha,
entry-root = La raíz
entry-root-equal = La escalera termina en la raíz firmada.
entry-root-other = La escalera no termina en la raíz firmada.
entry-checkpoint = El punto de control
entry-checkpoint-text = La raíz y el número de entradas, como el diario los firmó.
entry-checkpoint-show = Mostrar el punto de control
entry-signatures = Las firmas
entry-signer = Firmante
entry-role = Función
entry-key = Clave
entry-role-log = el diario
entry-role-witness = testigo
entry-role-unknown = desconocido aquí
entry-yourself = Compruébelo usted
entry-yourself-text = Guarde el paquete de prueba y verifíquelo en su propia computadora, sin red.

record-genesis = Comienza el registro
record-organisation = Organización
record-account = Cuenta abierta
record-project = Proyecto registrado
record-issuance = Unidades expedidas
record-split = Rango separado
record-hold = Retención
record-transfer = Movido entre cuentas
record-lock = Bloqueado para una transferencia al extranjero
record-ask-cancel = Cancelación pedida
record-acquire = Adquirido del extranjero
record-refuse = Transferencia rechazada
record-finalise = Transferencia definitiva
record-release = Unidades liberadas
record-source-settled = Final de una transferencia anotado
record-retire = Unidades retiradas
record-block-header = Fin de un bloque
record-key-rotation = Nueva clave del diario
record-partner = País socio
record-agreement = Acuerdo
record-process-part = Parte de un archivo de proceso
record-process-adopted = Proceso adoptado
record-case-opened = Expediente abierto
record-case-act = Paso de un expediente
record-case-migrated = Expediente pasado a un proceso más nuevo
record-hold-placed = Retención por la autoridad
record-hold-lifted = Retención levantada por la autoridad
record-finding-opened = Hallazgo abierto
record-finding-answered = Hallazgo respondido
record-finding-closed = Hallazgo cerrado
record-letter-issued = Carta emitida
record-trusted-receiver = Receptor de confianza
record-ledger-accused = Prueba contra el registro de un socio
record-ledger-cleared = Registro de un socio restablecido
record-positions-compared = Registro comparado con el de un socio
record-freeze-honoured = Orden de bloqueo de un socio aplicada
record-freeze-ended = Orden de bloqueo de un socio terminada
record-cooperative-approach = Enfoque cooperativo
record-initial-report = Informe inicial
record-ndc = Contribución (CDN)
record-emissions-level = Nivel de emisiones
record-authorised-entity = Entidad autorizada
record-authorisation = Autorización
record-authorisation-revoked = Autorización revocada
record-units-authorised = Unidades autorizadas
record-use-notified = Uso en el extranjero notificado

## Ámbitos sectoriales del MDL
scope-1 = Industrias de la energía
scope-2 = Distribución de energía
scope-3 = Demanda de energía
scope-4 = Industrias manufactureras
scope-5 = Industrias químicas
scope-6 = Construcción
scope-7 = Transporte
scope-8 = Minería y producción mineral
scope-9 = Producción de metales
scope-10 = Emisiones fugitivas de combustibles
scope-11 = Emisiones fugitivas de halocarburos y SF₆
scope-12 = Uso de disolventes
scope-13 = Manejo y eliminación de desechos
scope-14 = Forestación y reforestación
scope-15 = Agricultura
scope-16 = Captura y almacenamiento de carbono

## Ayuda
guidance-title = Ayuda
guidance-text = Respuestas breves para quien lee este registro por primera vez.
guide-register = Cómo registrar un proyecto
guide-register-1 = Primero se registra su organización. La autoridad la examina y la admite; después inician sesión sus personas.
guide-register-2 = Usted presenta el proyecto con su documento de diseño. Un certificador lo valida, y la autoridad decide.
guide-register-3 = Tras cada período de seguimiento presenta un informe. Un certificador lo verifica, y la autoridad expide las unidades a su cuenta.
guide-register-4 = Cada paso, y a quién le toca, está en la página del proyecto. Los pasos de este país son datos: la API da el archivo entero del proceso.
guide-serial = Cómo leer un número de serie
guide-serial-1 = Un número como VU-ITMO-11-356-2022-0-27-35 nombra un rango de unidades, cada una de una tonelada de CO₂ equivalente.
guide-serial-2 = Sus partes son el país, la clase de unidad, el ámbito sectorial, el número del proyecto, el año de la mitigación, un número reservado, y la primera y la última unidad.
guide-serial-3 = El número de una unidad nunca cambia. Cuando un rango se separa, ambas partes conservan sus números, de modo que cada unidad puede seguirse desde su expedición.
guide-serial-4 = Tras su primera transferencia a otro país, una unidad tiene también un identificador ITMO, que nombra el enfoque cooperativo y el país de la primera transferencia.
guide-proof = Qué prueba una prueba
guide-proof-1 = Todo lo que pasa aquí se convierte en una entrada de un diario que solo puede crecer. Cada cabeza del diario está firmada.
guide-proof-2 = Testigos independientes comparan cada cabeza con la anterior y la cofirman. Si el registro mostrara alguna vez dos diarios distintos, testigos honestos no firmarían ambos.
guide-proof-3 = Un paquete de prueba contiene una entrada, las huellas que llevan de ella a una cabeza firmada, y las firmas. Quien lo tiene no necesita red ni confiar en este sitio.
guide-proof-4 = Una prueba dice lo que era verdad en su cabeza. Si las unidades se movieron después, solo lo dice una mirada más reciente al registro.
guide-transfer = Cómo cruzan las unidades una frontera
guide-transfer-1 = El origen bloquea las unidades y prueba el bloqueo. El destino comprueba esa prueba por sí mismo y responde con la suya: adquirido, o rechazado.
guide-transfer-2 = Solo esa respuesta termina el bloqueo: adquirido hace definitiva la transferencia, rechazado libera las unidades. El silencio no hace ninguna de las dos cosas, de modo que ninguna unidad está nunca en dos países.
guide-transfer-3 = La página de una transferencia muestra ambos lados, cada paso con su entrada, y quién debe actuar ahora.
guide-words = Glosario
guide-words-1 = ITMO: resultado de mitigación de transferencia internacional, una unidad que cuenta según el artículo 6.2 del Acuerdo de París.
guide-words-2 = CDN: contribución determinada a nivel nacional, lo que un país ha prometido hacer por el clima.
guide-words-3 = Ajuste correspondiente: lo que un país suma a su balance de emisiones porque otro cuenta la mitigación.
guide-words-4 = Enfoque cooperativo: lo que dos o más países han acordado para los ITMO. AEF: el formato electrónico acordado de su informe anual.
guide-words-5 = Cosecha: el año en que ocurrió la mitigación.
guide-words-6 = Retiro: el uso o la cancelación de una unidad. Allí termina para siempre.
guide-access = Accesibilidad
guide-access-1 = Estas páginas aspiran a las WCAG 2.2, nivel AA. Funcionan con teclado y con lector de pantalla, con ampliación al 400 %, sin scripts, en teléfonos viejos y enlaces lentos.
guide-access-2 = Cada gráfico y cada mapa tiene una tabla que dice lo mismo.
guide-access-3 = Si algo le estorba, dígaselo a la autoridad que lleva este registro.
guide-privacy = Privacidad
guide-privacy-1 = Estas páginas no guardan cookies, no cuentan visitantes y no cargan nada de otros servidores.
guide-privacy-2 = El diario no contiene nombres de personas. Contiene huellas con números secretos; cuando se borra a una persona, los números desaparecen, y nadie puede ya vincular la huella.
guide-privacy-3 = El beneficiario de un retiro solo se nombra aquí si lo ha consentido.

## Systems around the registry
badges-title = Otros sistemas:
bridge-name-cad-trust = CAD Trust
bridge-name-mrv = Sistema MRV nacional
bridge-name-itmo-platform = Plataforma ITMO del PNUD
badge-agrees = coincide
badge-absent = no está
badge-due = en curso
badge-stopped = falta algo aquí
badge-differs = difiere
badge-dead = rechazado allí

# ---- notices, letters, partners' ledgers
notices-title = Avisos de usos en el extranjero
notices-text = Lo que otros registros comunicaron a este país sobre unidades que salieron antes de su primera transferencia, tal como se registró.
notice-title = Aviso de { $party }
notice-day = Día del uso
notice-party = Dónde
notice-reference = Dónde se encuentra el aviso
notice-recorded = Registrado
notice-text = Lo que ocurrió allí es la primera transferencia de estas unidades.
recorded-letters-title = Cartas
recorded-letters-text = Cada carta que emitió este registro consta en su diario por el SHA-256 de su archivo. Lo que dice una carta es para sus destinatarios.
letter-language = Idioma
letter-case = Expediente
letter-text = Quien tenga el archivo puede comparar su SHA-256 con este.
mirrored-title = Libro mayor de { $country }
mirrored-text = Estas son entradas del libro mayor del otro país, tal como este registro las guarda y comprueba.
mirrored-origin = Diario
mirrored-refused = La entrada { $entry } infringe una regla. Ni ella ni las siguientes se dan por ciertas aquí.
mirrored-unreadable = Una entrada que esta versión no puede leer
